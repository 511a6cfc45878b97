package io.weft.ca;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What the launcher does: a key, its JWKS file, and tokens as docs/contracts.md describes them. */
public final class Tokens {

    private final ECKey key;

    public Tokens(String kid) {
        try {
            key = new ECKeyGenerator(Curve.P_256).keyID(kid).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    public ECKey key() {
        return key;
    }

    public Tokens publish(Path home) {
        try {
            Path file = home.resolve("tokens/jwks.json");
            Files.createDirectories(file.getParent());
            Path temporary = file.resolveSibling("jwks.new");
            Files.writeString(temporary, new JWKSet(key.toPublicJWK()).toString());
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    public String token(String namespace, String account) {
        return token(namespace, account, UnaryOperator.identity());
    }

    public String token(String namespace, String account, UnaryOperator<JWTClaimsSet.Builder> change) {
        return sign(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(), change.apply(claims(namespace, account)).build());
    }

    public String sign(JWSHeader header, JWTClaimsSet claims) {
        try {
            SignedJWT jwt = new SignedJWT(header, claims);
            jwt.sign(new ECDSASigner(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    public static JWTClaimsSet.Builder claims(String namespace, String account) {
        Instant now = Instant.now();
        return new JWTClaimsSet.Builder()
                .issuer("weft-launcher")
                .audience(List.of("istio-ca"))
                .subject("system:serviceaccount:" + namespace + ":" + account)
                .claim("kubernetes.io", Map.of("namespace", namespace, "serviceaccount", Map.of("name", account)))
                .issueTime(Date.from(now))
                .notBeforeTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(600)));
    }
}
