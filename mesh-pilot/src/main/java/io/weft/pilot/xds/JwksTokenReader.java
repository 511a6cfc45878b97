package io.weft.pilot.xds;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.grpc.Status;
import io.weft.pilot.generate.WorkloadIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;

/**
 * Tokens of the launcher, or of Kubernetes: ES256, a known {@code kid}, for audience {@code istio-ca}, with an end. The key set is a file, read again when it
 * changes; without it every token is refused.
 */
final class JwksTokenReader implements TokenReader {

    private static final Duration SKEW = Duration.ofSeconds(60);
    private static final String AUDIENCE = "istio-ca";
    private static final String SUBJECT = "system:serviceaccount:";
    private static final int MAX_TOKEN = 16 * 1024;

    private final NimbusJwtDecoder decoder;
    private final String trustDomain;

    JwksTokenReader(Path jwks, String issuer, String trustDomain) {
        this.trustDomain = trustDomain;
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, null));
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(Set.of(JWSAlgorithm.ES256), new FileKeys(jwks)));
        // The claims are checked below, in one place.
        processor.setJWTClaimsSetVerifier((claims, context) -> {});
        decoder = new NimbusJwtDecoder(processor);
        decoder.setJwtValidator(new DelegatingOAuth2TokenValidator<>(List.of(
                new JwtTimestampValidator(SKEW),
                rule(jwt -> jwt.getExpiresAt() != null, "no exp"),
                rule(jwt -> jwt.getHeaders().get("kid") instanceof String, "no kid"),
                rule(jwt -> issuer.equals(jwt.getClaimAsString("iss")), "another issuer (expected: " + issuer + ")"),
                rule(
                        jwt -> jwt.getAudience() != null && jwt.getAudience().contains(AUDIENCE),
                        "another audience (expected: " + AUDIENCE + ")"))));
    }

    @Override
    public WorkloadIdentity read(String token) {
        if (token.length() > MAX_TOKEN) {
            throw refused("token: " + token.length() + " characters (expected: <= " + MAX_TOKEN + ")");
        }
        Jwt jwt;
        try {
            jwt = decoder.decode(token);
        } catch (JwtException e) {
            throw refused("token: " + e.getMessage());
        }
        String subject = jwt.getSubject();
        if (subject == null || !subject.startsWith(SUBJECT)) {
            throw refused("token: sub is not a service account (expected: " + SUBJECT + "<ns>:<sa>)");
        }
        String[] parts = subject.substring(SUBJECT.length()).split(":", -1);
        if (parts.length != 2) {
            throw refused("token: sub is not a service account (expected: " + SUBJECT + "<ns>:<sa>)");
        }
        return WorkloadIdentity.parse("spiffe://" + trustDomain + "/ns/" + parts[0] + "/sa/" + parts[1])
                .orElseThrow(() -> refused("token: sub has characters a name cannot have"));
    }

    private static AdsRefused refused(String reason) {
        return new AdsRefused(Status.Code.UNAUTHENTICATED, reason);
    }

    private static OAuth2TokenValidator<Jwt> rule(java.util.function.Predicate<Jwt> holds, String otherwise) {
        OAuth2TokenValidatorResult failure = OAuth2TokenValidatorResult.failure(new OAuth2Error("invalid_token", otherwise, null));
        return jwt -> holds.test(jwt) ? OAuth2TokenValidatorResult.success() : failure;
    }

    /** The keys in a file, as of its last change. */
    private static final class FileKeys implements JWKSource<SecurityContext> {

        private final Path file;
        private @Nullable FileTime readAt;
        private JWKSet keys = new JWKSet();

        FileKeys(Path file) {
            this.file = file;
        }

        @Override
        public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) throws KeySourceException {
            return selector.select(current());
        }

        private synchronized JWKSet current() throws KeySourceException {
            try {
                FileTime changed = Files.getLastModifiedTime(file);
                if (!changed.equals(readAt)) {
                    keys = JWKSet.load(file.toFile());
                    readAt = changed;
                }
                return keys;
            } catch (IOException | ParseException e) {
                throw new KeySourceException("the key set " + file + " (weft.tokens.jwks) cannot be read: " + e.getMessage(), e);
            }
        }
    }
}
