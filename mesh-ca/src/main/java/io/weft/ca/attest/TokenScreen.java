package io.weft.ca.attest;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.Objects;

/**
 * Refuses what nobody would accept before anybody is asked about it. What a token says of itself speaks against it only: its signature is not looked at, and
 * whoever passes here has shown nothing. Who its issuer may be the API server alone knows, which may have several.
 */
public final class TokenScreen {

    private final String audience;
    private final Clock clock;

    /** @param audience what a token must be meant for */
    public TokenScreen(String audience, Clock clock) {
        this.audience = audience;
        this.clock = clock;
    }

    /** @throws RefusedException UNAUTHENTICATED: not a service account's token for this audience that holds now */
    public void require(String token) throws RefusedException {
        JWTClaimsSet claims = claims(token);
        if (Objects.requireNonNullElse(claims.getIssuer(), "").isEmpty()) {
            throw Bearer.refused("no iss");
        }
        if (!claims.getAudience().contains(audience)) {
            throw Bearer.refused("aud (expected: " + audience + ")");
        }
        ServiceAccount.parse("sub", Objects.requireNonNullElse(claims.getSubject(), ""));
        Instant now = clock.instant();
        Date end = claims.getExpirationTime();
        if (end == null) {
            throw Bearer.refused("no exp");
        }
        if (!now.minus(TokenRules.SKEW).isBefore(end.toInstant())) {
            throw Bearer.refused("expired at " + end.toInstant());
        }
        Date begin = claims.getNotBeforeTime();
        if (begin != null && begin.toInstant().isAfter(now.plus(TokenRules.SKEW))) {
            throw Bearer.refused("nbf lies in the future");
        }
    }

    private static JWTClaimsSet claims(String token) throws RefusedException {
        try {
            return SignedJWT.parse(token).getJWTClaimsSet();
        } catch (ParseException noToken) {
            throw Bearer.refused("not a JWT (expected: a service account's token)");
        }
    }
}
