package io.weft.demo.launcher;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does on a laptop what Kubernetes does with projected service-account tokens: each part finds a short-lived one in a file, and a fresh one
 * there before it ends (docs/contracts.md, Tokens). The key is made anew at every start; nothing outlives it.
 */
final class TokenIssuer {

    private static final Logger log = LoggerFactory.getLogger(TokenIssuer.class);

    private static final Duration LIFE = Duration.ofMinutes(10);
    private static final Duration FRESH = Duration.ofMinutes(3);

    private final Path home;
    private final Collection<Account> accounts;
    private final Clock clock;
    private final ECKey key;
    private Instant issued = Instant.MIN;

    private TokenIssuer(Path home, Collection<Account> accounts, Clock clock, ECKey key) {
        this.home = home;
        this.accounts = accounts;
        this.clock = clock;
        this.key = key;
    }

    /** Makes a key, publishes its public half, and writes a token for each account. */
    static TokenIssuer create(Path home, Collection<Account> accounts, Clock clock) throws IOException, JOSEException {
        ECKey key = new ECKeyGenerator(Curve.P_256)
                .keyUse(KeyUse.SIGNATURE)
                .algorithm(JWSAlgorithm.ES256)
                .keyIDFromThumbprint(true)
                .generate();
        Path tokens = home.resolve("tokens");
        PrivateFiles.writeSecret(tokens.resolve("signing-key.pem"), pem(key));
        PrivateFiles.writePublic(tokens.resolve("jwks.json"), new JWKSet(key.toPublicJWK()).toString());
        TokenIssuer issuer = new TokenIssuer(home, List.copyOf(accounts), clock, key);
        issuer.issue();
        return issuer;
    }

    /**
     * Writes new tokens if those there are not fresh any more. By the clock on the wall: a laptop that slept wakes with tokens that are long
     * over, and a timer would not know.
     */
    synchronized void refresh() {
        if (Duration.between(issued, clock.instant()).compareTo(FRESH) < 0) {
            return;
        }
        try {
            issue();
        } catch (IOException | JOSEException failed) {
            log.error("tokens could not be renewed, the parts' certificates will run out: {}", failed.toString());
        }
    }

    private synchronized void issue() throws IOException, JOSEException {
        Instant now = clock.instant();
        for (Account account : accounts) {
            PrivateFiles.writeSecret(file(home, account.part()), token(account, now));
        }
        issued = now;
    }

    static Path file(Path home, String part) {
        return home.resolve("run").resolve(part).resolve("token");
    }

    private String token(Account account, Instant now) throws JOSEException {
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
                new JWTClaimsSet.Builder()
                        .issuer("weft-launcher")
                        .audience(List.of("istio-ca"))
                        .subject("system:serviceaccount:" + account.namespace() + ":" + account.serviceAccount())
                        .claim(
                                "kubernetes.io",
                                Map.of(
                                        "namespace", account.namespace(),
                                        "serviceaccount", Map.of("name", account.serviceAccount())))
                        .issueTime(Date.from(now))
                        .notBeforeTime(Date.from(now))
                        .expirationTime(Date.from(now.plus(LIFE)))
                        .build());
        token.sign(new ECDSASigner(key));
        return token.serialize();
    }

    private static String pem(ECKey key) throws JOSEException {
        byte[] pkcs8 = key.toECPrivateKey().getEncoded();
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(pkcs8)
                + "\n-----END PRIVATE KEY-----\n";
    }
}
