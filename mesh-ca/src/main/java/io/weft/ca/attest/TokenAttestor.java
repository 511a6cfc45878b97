package io.weft.ca.attest;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.weft.ca.authority.SpiffeId;
import java.time.Clock;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/** Who a token says its bearer is (docs/contracts.md, Tokens). */
final class TokenAttestor {

    private static final String BEARER = "Bearer ";
    private static final String ACCOUNT = "system:serviceaccount:";
    private static final int MAX_LENGTH = 8 * 1024;

    private final String trustDomain;
    private final JwksFile keys;
    private final NimbusJwtDecoder decoder;

    TokenAttestor(String trustDomain, JwksFile keys, String issuer, String audience, Clock clock) {
        this.trustDomain = trustDomain;
        this.keys = keys;
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(
                new JWSVerificationKeySelector<>(JWSAlgorithm.ES256, (selector, context) -> selector.select(keys.keys())));
        // Claims are checked in one place, by the rules below.
        processor.setJWTClaimsSetVerifier((claims, context) -> {});
        this.decoder = new NimbusJwtDecoder(processor);
        decoder.setJwtValidator(new TokenRules(issuer, audience, clock));
    }

    /** @param authorization the metadata value, whole */
    SpiffeId attest(String authorization) throws RefusedException {
        if (!authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            throw refused("authorization is of another kind (expected: Bearer <token>)");
        }
        if (authorization.length() > MAX_LENGTH) {
            throw refused(authorization.length() + " characters (expected: at most " + MAX_LENGTH + ")");
        }
        String trouble = keys.trouble();
        if (trouble != null) {
            throw new RefusedException(RefusedException.Reason.UNAVAILABLE, "tokens cannot be checked yet: " + trouble);
        }
        return identity(decode(authorization.substring(BEARER.length())));
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

    private SpiffeId identity(Jwt jwt) throws RefusedException {
        String subject = jwt.getSubject();
        if (subject == null || !subject.startsWith(ACCOUNT)) {
            throw refused("sub is not a service account (expected: " + ACCOUNT + "<namespace>:<name>)");
        }
        String[] parts = subject.substring(ACCOUNT.length()).split(":", -1);
        if (parts.length != 2 || !parts[0].equals(claim(jwt, "namespace")) || !parts[1].equals(claim(jwt, "serviceaccount", "name"))) {
            throw refused("sub and kubernetes.io do not name the same service account");
        }
        try {
            return new SpiffeId(trustDomain, parts[0], parts[1]);
        } catch (IllegalArgumentException e) {
            throw refused(e.getMessage());
        }
    }

    private static @Nullable Object claim(Jwt jwt, String... path) {
        Object value = jwt.getClaims().get("kubernetes.io");
        for (String step : path) {
            value = value instanceof Map<?, ?> map ? map.get(step) : null;
        }
        return value;
    }

    private static RefusedException refused(String why) {
        return RefusedException.unauthenticated("token refused: " + why);
    }
}
