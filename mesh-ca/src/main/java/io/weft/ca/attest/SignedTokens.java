package io.weft.ca.attest;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.time.Clock;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/** Tokens that somebody has signed whose public keys we have (docs/contracts.md, Tokens). */
public final class SignedTokens implements TokenAttestor {

    private final String trustDomain;
    private final JwksFile keys;
    private final NimbusJwtDecoder decoder;

    public SignedTokens(String trustDomain, JwksFile keys, TokenTerms terms, Clock clock) {
        this.trustDomain = trustDomain;
        this.keys = keys;
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(
                new JWSVerificationKeySelector<>(JWSAlgorithm.ES256, (selector, context) -> selector.select(keys.keys())));
        // Claims are checked in one place, by the rules below.
        processor.setJWTClaimsSetVerifier((claims, context) -> {});
        this.decoder = new NimbusJwtDecoder(processor);
        decoder.setJwtValidator(new TokenRules(terms.issuer(), terms.audience(), clock));
    }

    @Override
    public Attested attest(String authorization) throws RefusedException {
        String token = Bearer.token(authorization);
        String trouble = keys.trouble();
        if (trouble != null) {
            throw new RefusedException(RefusedException.Reason.UNAVAILABLE, "tokens cannot be checked yet: " + trouble);
        }
        return new Attested(account(decode(token)).id(trustDomain), null);
    }

    private Jwt decode(String token) throws RefusedException {
        try {
            Jwt jwt = decoder.decode(token);
            // Without a kid the selector would try every key we have.
            if (!(jwt.getHeaders().get("kid") instanceof String)) {
                throw refused("no kid in its header");
            }
            return jwt;
        } catch (JwtException e) {
            throw refused(e.getMessage());
        }
    }

    private static ServiceAccount account(Jwt jwt) throws RefusedException {
        ServiceAccount account = ServiceAccount.parse("sub", Objects.requireNonNullElse(jwt.getSubject(), ""));
        if (!account.namespace().equals(claim(jwt, "namespace")) || !account.name().equals(claim(jwt, "serviceaccount", "name"))) {
            throw refused("sub and kubernetes.io do not name the same service account");
        }
        return account;
    }

    private static @Nullable Object claim(Jwt jwt, String... path) {
        Object value = jwt.getClaims().get("kubernetes.io");
        for (String step : path) {
            value = value instanceof Map<?, ?> map ? map.get(step) : null;
        }
        return value;
    }

    private static RefusedException refused(String why) {
        return Bearer.refused(why);
    }
}
