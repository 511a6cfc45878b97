package io.weft.sidecar.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/** PEM in and out. What does not parse is an {@link IllegalArgumentException} that says what was expected. */
public final class Pem {

    private static final int MAX_LENGTH = 1 << 20;
    private static final int MAX_CERTIFICATES = 1000;

    private Pem() {}

    /**
     * Every certificate in {@code pem}, in order.
     *
     * @param what names the input in error messages
     * @throws IllegalArgumentException if there is none, or one does not parse
     */
    public static List<X509Certificate> certificates(String what, String pem) {
        List<X509Certificate> found = new ArrayList<>();
        try (PemReader reader = new PemReader(new StringReader(bounded(what, pem)))) {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (PemObject object = reader.readPemObject(); object != null; object = reader.readPemObject()) {
                if ("CERTIFICATE".equals(object.getType()) && found.size() < MAX_CERTIFICATES) {
                    found.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(object.getContent())));
                }
            }
        } catch (IOException | CertificateException | RuntimeException e) {
            throw new IllegalArgumentException(what + ": " + e.getMessage() + " (expected: PEM certificates)", e);
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException(what + ": no certificate (expected: -----BEGIN CERTIFICATE-----)");
        }
        return found;
    }

    /**
     * The first private key in {@code pem}: PKCS#8, or the older RSA and EC forms, without a pass phrase.
     *
     * @throws IllegalArgumentException if there is none, or it does not parse; the message never holds key material
     */
    public static PrivateKey privateKey(String what, String pem) {
        try (PEMParser parser = new PEMParser(new StringReader(bounded(what, pem)))) {
            for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
                if (object instanceof PEMKeyPair pair) {
                    return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
                }
                if (object instanceof PrivateKeyInfo info) {
                    return new JcaPEMKeyConverter().getPrivateKey(info);
                }
            }
        } catch (IOException | RuntimeException e) {
            throw new IllegalArgumentException(what + ": not a readable private key (expected: unencrypted PEM)");
        }
        throw new IllegalArgumentException(what + ": no private key (expected: -----BEGIN PRIVATE KEY-----)");
    }

    /** The certificates as PEM, in order. */
    public static String encode(List<X509Certificate> certificates) {
        StringBuilder pem = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            try {
                pem.append(encode("CERTIFICATE", certificate.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new IllegalArgumentException("certificate of " + certificate.getSubjectX500Principal(), e);
            }
        }
        return pem.toString();
    }

    /** The key as PKCS#8 PEM. */
    public static String encode(PrivateKey key) {
        return encode("PRIVATE KEY", key.getEncoded());
    }

    static String encode(String type, byte[] der) {
        StringWriter out = new StringWriter();
        try (PemWriter writer = new PemWriter(out)) {
            writer.writeObject(new PemObject(type, der));
        } catch (IOException e) {
            throw new IllegalStateException("writing PEM to memory", e);
        }
        return out.toString();
    }

    private static String bounded(String what, String pem) {
        if (pem.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(what + ": " + pem.length() + " characters (expected: at most " + MAX_LENGTH + ")");
        }
        return pem;
    }
}
