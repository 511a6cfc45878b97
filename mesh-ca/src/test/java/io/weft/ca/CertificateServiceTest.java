package io.weft.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.weft.ca.authority.Authority;
import io.weft.ca.authority.AuthorityFolder;
import io.weft.ca.authority.AuthorityLimits;
import io.weft.ca.authority.SpiffeId;
import io.weft.ca.authority.Subject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.assertj.core.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets a certificate, for what name, and who does not. */
class CertificateServiceTest extends ServedCa {

    @Test
    void theNameIsTheTokens_andNothingElseTheRequestWishes() throws Exception {
        Csr csr = Csr.p256();
        List<X509Certificate> chain = nobody.ask(reviewsToken(), csr.pem());
        X509Certificate leaf = chain.get(0);

        assertThat(chain).hasSize(3);
        assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(6, REVIEWS));
        assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
        assertThat(leaf.getPublicKey().getEncoded()).isEqualTo(csr.keys().getPublic().getEncoded());
        assertThat(leaf.getCriticalExtensionOIDs()).contains("2.5.29.15", "2.5.29.17", "2.5.29.19");
        assertThat(leaf.getKeyUsage()).startsWith(true).containsOnlyOnce(true);
        assertThat(leaf.getExtendedKeyUsage()).containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(leaf.getSerialNumber().signum()).isEqualTo(1);
        assertThat(leaf.getSerialNumber().bitLength()).isBetween(64, 128);
        Instant now = Instant.now();
        assertThat(leaf.getNotBefore().toInstant()).isBetween(now.minusSeconds(240), now.minusSeconds(60));
        assertThat(leaf.getNotAfter().toInstant()).isBetween(now.plusSeconds(86_300), now.plusSeconds(86_401));
    }

    @Test
    void opensslVerifiesTheChain() throws Exception {
        Assumptions.assumeThat(onPath("openssl")).as("openssl is on PATH").isTrue();
        List<X509Certificate> chain = nobody.ask(reviewsToken(), Csr.p256().pem());
        Path leaf = Files.writeString(home.resolve("leaf.pem"), io.weft.ca.authority.Pem.encode(chain.get(0)));
        Path middle = Files.writeString(home.resolve("middle.pem"), io.weft.ca.authority.Pem.encode(chain.get(1)));
        Process openssl = new ProcessBuilder(
                        "openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", home.resolve("ca/root-cert.pem").toString(),
                        "-untrusted", middle.toString(), leaf.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(openssl.getInputStream().readAllBytes());
        assertThat(openssl.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(said).contains("OK");
        assertThat(openssl.exitValue()).isZero();
    }

    @Test
    void theIntermediateCannotMakeOtherAuthorities_norNamesOfOtherDomains() {
        X509Certificate intermediate = ca.bean(Authority.class).intermediate();
        assertThat(ca.bean(Authority.class).root().getBasicConstraints()).isEqualTo(1);
        assertThat(intermediate.getBasicConstraints()).isZero();
        assertThat(intermediate.getCriticalExtensionOIDs()).contains("2.5.29.30");
    }

    @Test
    void aCertificateRenewsItself() throws Exception {
        Csr first = Csr.p256();
        List<X509Certificate> chain = nobody.ask(reviewsToken(), first.pem());
        try (Caller reviews = new Caller(ca, home, first.keys().getPrivate(), chain.subList(0, 2))) {
            Csr second = Csr.p256();
            X509Certificate renewed = reviews.ask(null, second.pem()).get(0);
            assertThat(renewed.getSubjectAlternativeNames()).containsExactly(List.of(6, REVIEWS));
            assertThat(renewed.getPublicKey().getEncoded()).isEqualTo(second.keys().getPublic().getEncoded());
            assertThat(renewed.getSerialNumber()).isNotEqualTo(chain.get(0).getSerialNumber());
            assertThat(reviews.ask(reviewsToken(), second.pem())).as("both, of the same").hasSize(3);
        }
    }

    @Test
    void certificateAndTokenOfDifferentWorkloads_isPermissionDenied() {
        Csr csr = Csr.p256();
        List<X509Certificate> chain = nobody.ask(reviewsToken(), csr.pem());
        try (Caller reviews = new Caller(ca, home, csr.keys().getPrivate(), chain.subList(0, 2))) {
            refused(Code.PERMISSION_DENIED, reviews, tokens.token("default", "bookinfo-ratings"), csr.pem(), "bookinfo-ratings");
            refused(Code.UNAUTHENTICATED, reviews, "garbage", csr.pem(), "token refused");
        }
    }

    @Test
    void nobodyGetsNothing() {
        refused(Code.UNAUTHENTICATED, nobody, null, Csr.p256().pem(), "neither a client certificate nor a token");
    }

    @Test
    void anExpiredCertificateIsNobody_butItsTokenStillCounts() {
        Csr csr = Csr.p256();
        List<X509Certificate> chain = longAgo(csr.keys());
        try (Caller late = new Caller(ca, home, csr.keys().getPrivate(), chain.subList(0, 2))) {
            refused(Code.UNAUTHENTICATED, late, null, csr.pem(), "client certificate refused");
            assertThat(late.ask(reviewsToken(), csr.pem())).hasSize(3);
        }
    }

    @Test
    void aCertificateOfAnotherAuthorityIsNobody(@TempDir Path other) {
        Csr csr = Csr.p256();
        try (Authority foreign = Authority.open(new AuthorityFolder(other), "cluster.local", limits(), Clock.systemUTC())) {
            List<X509Certificate> chain =
                    foreign.issue(Subject.workload(SpiffeId.parse(REVIEWS)), csr.keys().getPublic(), Duration.ofHours(1));
            try (Caller stranger = new Caller(ca, home, csr.keys().getPrivate(), chain)) {
                refused(Code.UNAUTHENTICATED, stranger, null, csr.pem(), "client certificate refused");
            }
        }
    }

    @Test
    void tokensThatAreNotMeantForUs() {
        expectRefusedToken(c -> c.audience("vault"), "aud");
        expectRefusedToken(c -> c.issuer("somebody"), "iss");
        expectRefusedToken(c -> c.expirationTime(null), "no exp");
        expectRefusedToken(c -> c.issueTime(Date.from(Instant.now().minusSeconds(900)))
                .expirationTime(Date.from(Instant.now().minusSeconds(120))), "expired");
        expectRefusedToken(c -> c.notBeforeTime(Date.from(Instant.now().plusSeconds(120))), "future");
        expectRefusedToken(c -> c.issueTime(Date.from(Instant.now().plusSeconds(120))), "future");
        expectRefusedToken(c -> c.subject("bookinfo-reviews"), "sub");
        expectRefusedToken(c -> c.subject("system:serviceaccount:default:admin"), "same service account");
        expectRefusedToken(c -> c.claim("kubernetes.io", null), "same service account");
        expectRefusedToken(c -> c.subject("system:serviceaccount:..:x")
                .claim("kubernetes.io", Map.of("namespace", "..", "serviceaccount", Map.of("name", "x"))), "namespace");
    }

    @Test
    void tokensSignedOtherwise() throws Exception {
        JWTClaimsSet claims = Tokens.claims("default", "bookinfo-reviews").build();
        String csr = Csr.p256().pem();
        refused(Code.UNAUTHENTICATED, nobody, new PlainJWT(claims).serialize(), csr, "token refused");
        refused(Code.UNAUTHENTICATED, nobody, new Tokens("k1").token("default", "bookinfo-reviews"), csr, "token refused");
        refused(Code.UNAUTHENTICATED, nobody, new Tokens("k2").token("default", "bookinfo-reviews"), csr, "token refused");
        refused(Code.UNAUTHENTICATED, nobody, tokens.sign(new JWSHeader(JWSAlgorithm.ES256), claims), csr, "kid");
        String good = reviewsToken();
        refused(Code.UNAUTHENTICATED, nobody, good.substring(0, good.length() - 8) + "AAAAAAAA", csr, "token refused");
        refused(Code.UNAUTHENTICATED, nobody, "a".repeat(9000), csr, "at most");
    }

    @Test
    void keysThatAreTooWeak() {
        String uri = REVIEWS;
        refusedKey(Csr.of(Csr.rsa(1024), "SHA256withRSA", "CN=x", uri).pem(), "1024");
        refusedKey(Csr.of(Csr.ec("secp192r1"), "SHA256withECDSA", "CN=x", uri).pem(), "curve");
        refusedKey(Csr.of(Csr.ec("secp256k1"), "SHA256withECDSA", "CN=x", uri).pem(), "curve");
        refusedKey(Csr.of(Csr.rsa(2048), "SHA1withRSA", "CN=x", uri).pem(), "signed with");
    }

    @Test
    void aRequestMayNameItsOwnIdentity() throws Exception {
        X509Certificate leaf = nobody.ask(reviewsToken(), Csr.p256(REVIEWS).pem()).get(0);

        assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(6, REVIEWS));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "spiffe://cluster.local/ns/default/sa/admin",
        "spiffe://cluster.local/ns/default/sa/bookinfo-reviews/",
        "spiffe://CLUSTER.local/ns/default/sa/bookinfo-reviews",
        "spiffe://other.example/ns/default/sa/bookinfo-reviews",
        "https://example.com",
        ""
    })
    void aRequestForAnotherIdentity(String uri) {
        refused(Code.PERMISSION_DENIED, nobody, reviewsToken(), Csr.p256(uri).pem(), "another identity (expected: " + REVIEWS);
    }

    @Test
    void strongKeysOfOtherKinds() {
        assertThat(nobody.ask(reviewsToken(), Csr.of(Csr.rsa(2048), "SHA256withRSA", "CN=x", REVIEWS).pem())).hasSize(3);
        assertThat(nobody.ask(reviewsToken(), Csr.of(Csr.ec("secp384r1"), "SHA384withECDSA", "CN=x", REVIEWS).pem())).hasSize(3);
    }

    @Test
    void requestsThatAreNone() {
        refusedKey("", "no PEM");
        refusedKey("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n", "parse");
        refusedKey("x".repeat(17_000), "at most");
        refusedKey(Csr.p256().pem() + Csr.p256().pem(), "more than one");
        refusedKey(Csr.of(Csr.ec("secp256r1"), Csr.ec("secp256r1"), "SHA256withECDSA", "CN=x", REVIEWS).pem(), "not by its key");
    }

    @Test
    void oversizedMessagesAreRefusedBeforeTheyAreRead() {
        refused(Code.RESOURCE_EXHAUSTED, nobody, reviewsToken(), "x".repeat(70_000), "");
        // 431 of HTTP, which gRPC knows as INTERNAL or RESOURCE_EXHAUSTED, depending on where it is noticed.
        assertThatExceptionOfType(StatusRuntimeException.class).isThrownBy(() -> nobody.ask("a".repeat(20_000), Csr.p256().pem()));
        assertThat(nobody.ask(reviewsToken(), Csr.p256().pem())).as("the server is well").hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"7776001, at", "-1, expected", "9223372036854775807, expected"})
    void lifetimesOutOfBounds(long seconds, String message) {
        StatusRuntimeException e = catchThrowableOfType(
                StatusRuntimeException.class, () -> nobody.ask(reviewsToken(), Csr.p256().pem(), seconds));
        assertThat(e.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(e.getStatus().getDescription()).contains("validity_duration: " + seconds).contains(message.equals("at") ? "7776000" : message);
    }

    @Test
    void aLifetimeInBoundsIsGiven() {
        X509Certificate leaf = nobody.ask(reviewsToken(), Csr.p256().pem(), 3600).get(0);
        assertThat(leaf.getNotAfter().toInstant()).isBetween(Instant.now().plusSeconds(3500), Instant.now().plusSeconds(3601));
    }

    @Test
    void keyFilesAreTheOwnersOnly() throws Exception {
        for (String name : List.of("root-key.pem", "intermediate-key.pem", "intermediate-cert.pem")) {
            assertThat(Files.getPosixFilePermissions(home.resolve("ca").resolve(name))).as(name)
                    .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        }
        assertThat(Files.getPosixFilePermissions(home.resolve("ca/root-cert.pem")))
                .isEqualTo(java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        try (var files = Files.list(home.resolve("ca"))) {
            assertThat(files.map(f -> f.getFileName().toString())).containsExactlyInAnyOrder(
                    ".lock", "root-key.pem", "root-cert.pem", "intermediate-key.pem", "intermediate-cert.pem");
        }
    }

    private static void expectRefusedToken(UnaryOperator<JWTClaimsSet.Builder> change, String why) {
        refused(Code.UNAUTHENTICATED, nobody, tokens.token("default", "bookinfo-reviews", change), Csr.p256().pem(), why);
    }

    /** A certificate of the real authority's keys, made by an authority whose clock stands two days back. */
    private static List<X509Certificate> longAgo(KeyPair keys) {
        try {
            Path copy = Files.createTempDirectory(home, "copy");
            for (String name : Set.of("root-key.pem", "root-cert.pem", "intermediate-key.pem", "intermediate-cert.pem")) {
                Files.copy(home.resolve("ca").resolve(name), copy.resolve(name), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            }
            Clock past = Clock.fixed(Instant.now().minus(Duration.ofDays(2)), ZoneOffset.UTC);
            try (Authority old = Authority.open(new AuthorityFolder(copy), "cluster.local", limits(), past)) {
                return old.issue(Subject.workload(SpiffeId.parse(REVIEWS)), keys.getPublic(), Duration.ofHours(1));
            }
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static AuthorityLimits limits() {
        return new AuthorityLimits(Duration.ofDays(3650), Duration.ofDays(365), Duration.ofHours(24), Duration.ofDays(90));
    }

    private static boolean onPath(String program) {
        return java.util.Arrays.stream(System.getenv("PATH").split(":")).anyMatch(d -> Files.isExecutable(Path.of(d, program)));
    }
}
