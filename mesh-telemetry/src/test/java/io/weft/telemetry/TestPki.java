package io.weft.telemetry;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority for tests: one root, leaves with SPIFFE ids. */
public final class TestPki {

    private static final AtomicLong SERIAL = new AtomicLong(1);

    private final String trustDomain;
    private final KeyPair rootKey;
    private final X509Certificate root;
    private final Map<String, Leaf> leaves = new ConcurrentHashMap<>();

    private TestPki(String trustDomain) {
        this.trustDomain = trustDomain;
        this.rootKey = keyPair();
        this.root = sign("CN=root", rootKey, "CN=root", rootKey, null, true);
    }

    public record Leaf(X509Certificate certificate, KeyPair keys) {}

    public static TestPki create(String trustDomain) {
        return new TestPki(trustDomain);
    }

    public X509Certificate root() {
        return root;
    }

    public Leaf workload(String namespace, String account) {
        return workloadOf(trustDomain, namespace, account);
    }

    /** Signed by this root, but of whichever trust domain. */
    public Leaf workloadOf(String domain, String namespace, String account) {
        String uri = "spiffe://" + domain + "/ns/" + namespace + "/sa/" + account;
        return leaves.computeIfAbsent(uri, name -> {
            KeyPair keys = keyPair();
            GeneralNames names = new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, name));
            return new Leaf(sign("CN=workload", keys, "CN=root", rootKey, names, false), keys);
        });
    }

    /** A certificate that ends then. */
    public Leaf ending(String namespace, String account, Instant end) {
        KeyPair keys = keyPair();
        String uri = "spiffe://" + trustDomain + "/ns/" + namespace + "/sa/" + account;
        GeneralNames names = new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
        return new Leaf(sign("CN=workload", keys, "CN=root", rootKey, names, false, end), keys);
    }

    private static String certificatePem(Leaf leaf) {
        return pem("CERTIFICATE", encoded(leaf.certificate()));
    }

    private static String keyPem(Leaf leaf) {
        return pem("PRIVATE KEY", leaf.keys().getPrivate().getEncoded());
    }

    public String rootPem() {
        return pem("CERTIFICATE", encoded(root));
    }

    public String chainPem(String namespace, String account) {
        return pem("CERTIFICATE", encoded(workload(namespace, account).certificate())) + rootPem();
    }

    public String keyPem(String namespace, String account) {
        return pem("PRIVATE KEY", workload(namespace, account).keys().getPrivate().getEncoded());
    }

    /** As a certificate agent leaves them. */
    public void write(Path folder, String namespace, String account) {
        write(folder, workload(namespace, account));
    }

    /** As a certificate agent leaves them. */
    public void write(Path folder, Leaf leaf) {
        try {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve("key.pem"), keyPem(leaf));
            Files.writeString(folder.resolve("root-cert.pem"), rootPem());
            Files.writeString(folder.resolve("cert-chain.pem"), certificatePem(leaf) + rootPem());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KeyPair keyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate sign(
            String subject, KeyPair keys, String issuer, KeyPair issuerKeys, GeneralNames names, boolean authority) {
        return sign(subject, keys, issuer, issuerKeys, names, authority, Instant.now().plus(Duration.ofHours(1)));
    }

    private static X509Certificate sign(
            String subject, KeyPair keys, String issuer, KeyPair issuerKeys, GeneralNames names, boolean authority, Instant end) {
        Instant now = Instant.now();
        JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Name(issuer),
                BigInteger.valueOf(SERIAL.incrementAndGet()),
                Date.from(now.minus(Duration.ofMinutes(1))),
                Date.from(end),
                new X500Name(subject),
                keys.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            builder.addExtension(
                    Extension.keyUsage,
                    true,
                    new KeyUsage(authority ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature));
            if (names != null) {
                builder.addExtension(Extension.subjectAlternativeName, false, names);
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuerKeys.getPrivate())));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String type, byte[] bytes) {
        StringWriter text = new StringWriter();
        text.append("-----BEGIN ").append(type).append("-----\n");
        text.append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes));
        return text.append("\n-----END ").append(type).append("-----\n").toString();
    }
}
