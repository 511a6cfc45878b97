package io.weft.demo.e2e;

import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.weft.sidecar.bootstrap.AgentApplication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;

/** A workload of the test's own: the test signs a token with the launcher's key, and an agent gets the certificate from mesh-ca. */
public final class Certificates implements AutoCloseable {

    private final Path folder;
    private final AutoCloseable agent;

    private Certificates(Path folder, AutoCloseable agent) {
        this.folder = folder;
        this.agent = agent;
    }

    public static Certificates of(Mesh mesh, String part, String namespace, String account) throws Exception {
        Path folder = Files.createDirectories(mesh.home().resolve("test").resolve(part));
        Path token = Files.writeString(folder.resolve("token"), token(mesh, namespace, account));
        // An agent reads no token that others could have read.
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        Path certificates = folder.resolve("certs");
        AutoCloseable agent = AgentApplication.start(
                "--weft.home=" + mesh.home(),
                "--weft.part=" + part,
                "--weft.namespace=" + namespace,
                "--weft.service-account=" + account,
                "--weft.ca.address=127.0.0.1:" + mesh.port("weft.ca.grpc-port"),
                "--weft.ca.root-cert=" + mesh.home().resolve("ca/root-cert.pem"),
                "--weft.token-file=" + token,
                "--weft.out-dir=" + certificates);
        await().atMost(Duration.ofSeconds(20)).until(() -> Files.exists(certificates.resolve("cert-chain.pem")));
        return new Certificates(certificates, agent);
    }

    public Path chain() {
        return folder.resolve("cert-chain.pem");
    }

    Path key() {
        return folder.resolve("key.pem");
    }

    Path root() {
        return folder.resolve("root-cert.pem");
    }

    static String token(Mesh mesh, String namespace, String account)
            throws IOException, GeneralSecurityException, JOSEException, ParseException {
        Path tokens = mesh.home().resolve("tokens");
        String keyId = JWKSet.load(tokens.resolve("jwks.json").toFile()).getKeys().get(0).getKeyID();
        Instant now = Instant.now();
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(keyId).build(),
                new JWTClaimsSet.Builder()
                        .issuer("weft-launcher")
                        .audience(List.of("istio-ca"))
                        .subject("system:serviceaccount:" + namespace + ":" + account)
                        .claim("kubernetes.io", Map.of("namespace", namespace, "serviceaccount", Map.of("name", account)))
                        .issueTime(Date.from(now))
                        .notBeforeTime(Date.from(now))
                        .expirationTime(Date.from(now.plus(Duration.ofMinutes(10))))
                        .build());
        token.sign(new ECDSASigner(key(tokens.resolve("signing-key.pem"))));
        return token.serialize();
    }

    private static ECPrivateKey key(Path pem) throws IOException, GeneralSecurityException {
        String base64 = Files.readString(pem).replaceAll("-----[A-Z ]+-----|\\s", "");
        return (ECPrivateKey)
                KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
    }

    @Override
    public void close() throws Exception {
        agent.close();
    }
}
