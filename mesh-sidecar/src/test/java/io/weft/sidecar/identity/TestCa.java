package io.weft.sidecar.identity;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A root and an intermediate in memory, for tests that need certificates, good and bad. */
public final class TestCa {

    private final X509Certificate root;
    private final KeyPair intermediateKeys = keys();
    private final X509Certificate intermediate;

    public TestCa() {
        KeyPair rootKeys = keys();
        X500Name rootName = new X500Name("CN=test root " + new SecureRandom().nextInt());
        root = authority(rootName, rootName, rootKeys.getPublic(), rootKeys, 1);
        intermediate = authority(rootName, new X500Name("CN=test intermediate"), intermediateKeys.getPublic(), rootKeys, 0);
    }

    public X509Certificate root() {
        return root;
    }

    /** An identity valid for an hour. */
    public Svid svid(String uri) {
        return svid(uri, Duration.ofHours(1));
    }

    public Svid svid(String uri, Duration ttl) {
        KeyPair keys = keys();
        return new Svid(SpiffeId.parse(uri), keys.getPrivate(), chain(leaf(keys.getPublic(), Instant.now(), ttl, uri(uri))), List.of(root));
    }

    public List<X509Certificate> chain(X509Certificate leaf) {
        return List.of(leaf, intermediate);
    }

    public static GeneralName uri(String uri) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, uri);
    }

    public static GeneralName dns(String name) {
        return new GeneralName(GeneralName.dNSName, name);
    }

    public X509Certificate leaf(PublicKey key, Instant start, Duration ttl, GeneralName... names) {
        return leaf(key, start, ttl, KeyUsage.digitalSignature, KeyPurposeId.id_kp_clientAuth, KeyPurposeId.id_kp_serverAuth, names);
    }

    public X509Certificate leaf(
            PublicKey key, Instant start, Duration ttl, int usage, KeyPurposeId purpose, KeyPurposeId other, GeneralName... names) {
        try {
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Name("CN=test intermediate"), serial(), Date.from(start.minusSeconds(1)), Date.from(start.plus(ttl)), new X500Name(""), key);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(usage));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(Arrays.asList(purpose, other).stream().distinct().toArray(KeyPurposeId[]::new)));
            builder.addExtension(Extension.subjectAlternativeName, true, new GeneralNames(names));
            return sign(builder, intermediateKeys);
        } catch (CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    public static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate authority(X500Name issuer, X500Name subject, PublicKey key, KeyPair signer, int pathLength) {
        try {
            Instant now = Instant.now();
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    issuer, serial(), Date.from(now.minusSeconds(86_400)), Date.from(now.plusSeconds(86_400)), subject, key);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(pathLength));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
            return sign(builder, signer);
        } catch (CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate sign(JcaX509v3CertificateBuilder builder, KeyPair signer) {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer.getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static BigInteger serial() {
        return new BigInteger(120, new SecureRandom());
    }
}
