package io.weft.ca.attest;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;

/** What a signed token must say besides who it is for: issuer, audience, and times with little skew (docs/contracts.md, Tokens). */
final class TokenRules implements OAuth2TokenValidator<Jwt> {

    static final Duration SKEW = Duration.ofSeconds(60);

    private final String issuer;
    private final String audience;
    private final Clock clock;

    TokenRules(String issuer, String audience, Clock clock) {
        this.issuer = issuer;
        this.audience = audience;
        this.clock = clock;
    }

    @Override
    public OAuth2TokenValidatorResult validate(Jwt token) {
        List<OAuth2Error> errors = new ArrayList<>();
        if (!issuer.equals(token.getClaims().get("iss"))) {
            errors.add(error("iss (expected: " + issuer + ")"));
        }
        if (token.getAudience() == null || !token.getAudience().contains(audience)) {
            errors.add(error("aud (expected: " + audience + ")"));
        }
        Instant now = clock.instant();
        if (token.getExpiresAt() == null) {
            errors.add(error("no exp"));
        } else if (!now.minus(SKEW).isBefore(token.getExpiresAt())) {
            errors.add(error("expired at " + token.getExpiresAt()));
        }
        if (later(token.getNotBefore(), now) || later(token.getIssuedAt(), now)) {
            errors.add(error("nbf or iat lies in the future"));
        }
        return errors.isEmpty() ? OAuth2TokenValidatorResult.success() : OAuth2TokenValidatorResult.failure(errors);
    }

    private static boolean later(@Nullable Instant time, Instant now) {
        return time != null && time.isAfter(now.plus(SKEW));
    }

    private static OAuth2Error error(String what) {
        return new OAuth2Error("invalid_token", what, null);
    }
}
