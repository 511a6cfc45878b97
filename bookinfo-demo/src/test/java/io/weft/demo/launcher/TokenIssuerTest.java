package io.weft.demo.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenIssuerTest {

    private static final Account REVIEWS = new Account("reviews-v1", "default", "bookinfo-reviews");

    @TempDir
    Path home;

    private final MovingClock clock = new MovingClock();

    @Test
    void aTokenSaysWhoForTenMinutesAndIsSignedByThePublishedKey() throws Exception {
        TokenIssuer.create(home, List.of(REVIEWS, Account.PILOT), clock);

        SignedJWT token = SignedJWT.parse(Files.readString(TokenIssuer.file(home, "reviews-v1")));
        ECKey key = JWKSet.load(home.resolve("tokens/jwks.json").toFile()).getKeys().get(0).toECKey();
        assertThat(key.isPrivate()).isFalse();
        assertThat(token.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.ES256);
        assertThat(token.getHeader().getKeyID()).isEqualTo(key.getKeyID());
        assertThat(token.verify(new ECDSAVerifier(key))).isTrue();
        assertThat(token.getJWTClaimsSet().getIssuer()).isEqualTo("weft-launcher");
        assertThat(token.getJWTClaimsSet().getAudience()).containsExactly("istio-ca");
        assertThat(token.getJWTClaimsSet().getSubject()).isEqualTo("system:serviceaccount:default:bookinfo-reviews");
        assertThat(token.getJWTClaimsSet().getJSONObjectClaim("kubernetes.io"))
                .isEqualTo(Map.of("namespace", "default", "serviceaccount", Map.of("name", "bookinfo-reviews")));
        assertThat(token.getJWTClaimsSet().getNotBeforeTime()).isEqualTo(clock.instant());
        assertThat(token.getJWTClaimsSet().getExpirationTime()).isEqualTo(clock.instant().plus(Duration.ofMinutes(10)));
        assertThat(TokenIssuer.file(home, "mesh-pilot")).exists();
    }

    @Test
    void whatIsSecretIsReadableByItsOwnerOnly() throws Exception {
        TokenIssuer.create(home, List.of(REVIEWS), clock);

        assertThat(mode(home.resolve("tokens/signing-key.pem"))).isEqualTo("rw-------");
        assertThat(mode(TokenIssuer.file(home, "reviews-v1"))).isEqualTo("rw-------");
        assertThat(mode(home.resolve("tokens/jwks.json"))).isEqualTo("rw-r--r--");
    }

    @Test
    void theKeyIsAPlainPkcs8Pem() throws Exception {
        TokenIssuer.create(home, List.of(REVIEWS), clock);

        String base64 = Files.readString(home.resolve("tokens/signing-key.pem"))
                .lines()
                .filter(line -> !line.startsWith("-----"))
                .reduce("", String::concat);
        assertThat(KeyFactory.getInstance("EC")
                        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)))
                        .getFormat())
                .isEqualTo("PKCS#8");
    }

    @Test
    void tokensAreRenewedByTheClockOnTheWall() throws Exception {
        TokenIssuer issuer = TokenIssuer.create(home, List.of(REVIEWS), clock);
        String first = Files.readString(TokenIssuer.file(home, "reviews-v1"));

        clock.advance(Duration.ofMinutes(2));
        issuer.refresh();
        assertThat(Files.readString(TokenIssuer.file(home, "reviews-v1"))).isEqualTo(first);

        clock.advance(Duration.ofDays(1));
        issuer.refresh();
        SignedJWT second = SignedJWT.parse(Files.readString(TokenIssuer.file(home, "reviews-v1")));
        assertThat(second.getJWTClaimsSet().getExpirationTime()).isAfter(clock.instant());
        assertThat(TokenIssuer.file(home, "reviews-v1").getParent().toFile().list()).containsExactly("token");
    }

    private static String mode(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static final class MovingClock extends Clock {

        private Instant now = Instant.parse("2026-11-23T04:00:00Z");

        void advance(Duration by) {
            now = now.plus(by);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
