package io.weft.ca;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.SignedJWT;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.weft.ca.authority.Authority;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What nobody well-meaning sends: each is refused in words, alone and in a crowd, and whoever means well is served meanwhile. */
class BadInputTest extends ServedCa {

    private static final int TLS_ALERT = 21;

    @Test
    void keysOfOtherKinds() throws Exception {
        refusedKey(csr(Csr.ec("secp224r1"), "SHA256withECDSA"), "curve");
        refusedKey(csr(Csr.ec("brainpoolP256r1"), "SHA256withECDSA"), "curve");
        refusedKey(csr(Csr.ec("secp521r1"), "SHA256withECDSA"), "curve");
        refusedKey(csr(pair("Ed25519", 0), "Ed25519"), "a key of type");
        refusedKey(csr(pair("DSA", 2048), "SHA256withDSA"), "a key of type");
    }

    @Test
    void rsaKeysOfUnusualNumbers() throws Exception {
        KeyPair signer = Csr.rsa(2048);
        refusedKey(rsa(BigInteger.ONE.shiftLeft(2046).add(BigInteger.ONE), BigInteger.valueOf(65537), signer), "2047 bits (expected: 2048 to 8192)");
        refusedKey(rsa(BigInteger.ONE.shiftLeft(8192).add(BigInteger.ONE), BigInteger.valueOf(65537), signer), "8193 bits (expected: 2048 to 8192)");
        BigInteger modulus = ((RSAPublicKey) signer.getPublic()).getModulus();
        refusedKey(rsa(modulus, BigInteger.ONE.shiftLeft(40).add(BigInteger.ONE), signer), "exponent");
        refusedKey(rsa(modulus, BigInteger.valueOf(4), signer), "exponent");
    }

    @Test
    void aPointThatIsNotOnItsCurve() throws Exception {
        KeyPair real = Csr.ec("secp256r1");
        ECPublicKey key = (ECPublicKey) real.getPublic();
        byte[] request = Base64.getMimeDecoder().decode(body(csr(real, "SHA256withECDSA")));
        byte[] y = bytes(key.getW().getAffineY());
        int at = new String(request, StandardCharsets.ISO_8859_1).indexOf(new String(y, StandardCharsets.ISO_8859_1));
        assertThat(at).isPositive();
        request[at + y.length - 1] ^= 1;
        refusedKey("-----BEGIN CERTIFICATE REQUEST-----\n" + Base64.getMimeEncoder().encodeToString(request)
                + "\n-----END CERTIFICATE REQUEST-----\n", "certificate request refused");
    }

    @Test
    void tokensSignedWithWhatEverybodyHas() throws Exception {
        // The public key taken for a shared secret: what a decoder falls for that believes the token's own alg.
        SignedJWT confused = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("k1").build(), Tokens.claims("default", "bookinfo-reviews").build());
        confused.sign(new MACSigner(publicKey()));
        refusedToken(confused.serialize());
        String good = reviewsToken();
        String[] parts = good.split("\\.");
        refusedToken(parts[0] + "." + parts[1] + ".");
        refusedToken(parts[0] + "." + parts[1]);
        refusedToken(good + "." + parts[2]);
        refusedToken("{}." + parts[1] + "." + parts[2]);
        refusedToken(tokens.token("default", "bookinfo-reviews", c -> c.expirationTime(Date.from(Instant.now().minusSeconds(3600)))));
        refusedToken(new Tokens("k1").token("default", "bookinfo-reviews"));
    }

    @Test
    void anAuthoritysCertificateIsNobodys() throws Exception {
        PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(
                Base64.getMimeDecoder().decode(body(Files.readString(home.resolve("ca/intermediate-key.pem"))))));
        X509Certificate intermediate = ca.bean(Authority.class).intermediate();
        try (Caller authority = new Caller(ca, home, key, List.of(intermediate))) {
            refused(Code.UNAUTHENTICATED, authority, null, Csr.p256().pem(), "not a workload's key usage");
        }
    }

    @Test
    void bytesThatAreNoTls_areAnsweredByAnAlertAtMost() throws Exception {
        for (String garbage : List.of("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "\u0016\u0003\u0001\u00ff\u00ff" + "x".repeat(20_000))) {
            byte[] said = saidBeforeItHangsUp(garbage);
            assertThat(said.length == 0 || said[0] == TLS_ALERT).as("%s: %s", garbage.substring(0, 5), Arrays.toString(said)).isTrue();
        }
        assertThat(nobody.ask(reviewsToken(), Csr.p256().pem())).hasSize(3);
    }

    /** A server that does not hang up within 20 s is an exception. */
    private static byte[] saidBeforeItHangsUp(String garbage) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        try (Socket socket = new Socket("127.0.0.1", ca.grpcPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(garbage.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            socket.getInputStream().transferTo(said);
        } catch (SocketException reset) {
            // Before all of it was read, or even sent: an end like the other one.
        }
        return said.toByteArray();
    }

    @Test
    void aCrowdOfThemHoldsUpNobody_andNothingIsLost() throws Exception {
        String weak = csr(Csr.rsa(1024), "SHA256withRSA");
        String foreign = new Tokens("k1").token("default", "bookinfo-reviews");
        String good = Csr.p256().pem();
        String before = metrics();
        ExecutorService threads = Executors.newFixedThreadPool(24);
        List<Future<Code>> answers = new ArrayList<>();
        try {
            for (int i = 0; i < 60; i++) {
                answers.add(threads.submit(() -> code(reviewsToken(), weak)));
                answers.add(threads.submit(() -> code(reviewsToken(), "x".repeat(17_000))));
                answers.add(threads.submit(() -> code(reviewsToken(), "x".repeat(70_000))));
                answers.add(threads.submit(() -> code(foreign, good)));
                answers.add(threads.submit(() -> code(reviewsToken(), good)));
            }
            Map<Code, Long> counted = new EnumMap<>(Code.class);
            for (Future<Code> answer : answers) {
                counted.merge(answer.get(60, TimeUnit.SECONDS), 1L, Long::sum);
            }
            assertThat(counted).isEqualTo(Map.of(Code.INVALID_ARGUMENT, 120L, Code.RESOURCE_EXHAUSTED, 60L, Code.UNAUTHENTICATED, 60L, Code.OK, 60L));
        } finally {
            threads.shutdownNow();
        }
        String after = metrics();
        assertThat(value(after, "citadel_server_success_cert_issuance_count") - value(before, "citadel_server_success_cert_issuance_count")).isEqualTo(60);
        assertThat(value(after, "citadel_server_csr_count") - value(before, "citadel_server_csr_count")).as("but those too large to be read").isEqualTo(240);
    }

    private static Code code(String token, String csr) {
        try {
            List<X509Certificate> chain = nobody.ask(token, csr);
            assertThat(chain.get(0).getSubjectAlternativeNames()).containsExactly(List.of(6, REVIEWS));
            return Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        } catch (CertificateParsingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String metrics() throws Exception {
        try (InputStream in = URI.create("http://127.0.0.1:" + ca.httpPort() + "/actuator/prometheus").toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static long value(String metrics, String name) {
        return metrics.lines().filter(line -> line.startsWith(name + " ")).mapToLong(line -> (long) Double.parseDouble(line.split(" ")[1])).sum();
    }

    private static byte[] publicKey() throws JOSEException {
        return tokens.key().toECPublicKey().getEncoded();
    }

    private static String csr(KeyPair keys, String algorithm) {
        return Csr.of(keys, algorithm, "CN=x", REVIEWS).pem();
    }

    private static String rsa(BigInteger modulus, BigInteger exponent, KeyPair signer) throws Exception {
        KeyPair shown = new KeyPair(
                KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent)),
                signer.getPrivate());
        return Csr.of(shown, signer, "SHA256withRSA", "CN=x", REVIEWS).pem();
    }

    private static KeyPair pair(String algorithm, int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (bits > 0) {
            generator.initialize(bits);
        }
        return generator.generateKeyPair();
    }

    private static byte[] bytes(BigInteger positive) {
        byte[] all = positive.toByteArray();
        return all[0] == 0 ? Arrays.copyOfRange(all, 1, all.length) : all;
    }

    private static String body(String pem) {
        return pem.lines().filter(line -> !line.startsWith("-----")).collect(Collectors.joining());
    }

    private static void refusedToken(String token) {
        refused(Code.UNAUTHENTICATED, nobody, token, Csr.p256().pem(), "token refused");
    }
}
