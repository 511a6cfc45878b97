package io.weft.ca;

import java.io.IOException;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** A key and a request for it. */
public record Csr(KeyPair keys, String pem) {

    private static final BouncyCastleProvider ALL_CURVES = new BouncyCastleProvider();

    /** Its subject and DNS names are wishes that nobody gets; it leaves the identity to the CA. */
    public static Csr p256() {
        KeyPair keys = ec("secp256r1");
        return of(keys, keys, "SHA256withECDSA", "CN=admin", new GeneralName(GeneralName.dNSName, "admin.example.com"));
    }

    /** Asks for the identity {@code uri}. */
    public static Csr p256(String uri) {
        return of(ec("secp256r1"), "SHA256withECDSA", "CN=x", uri);
    }

    public static KeyPair ec(String curve) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", ALL_CURVES);
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static KeyPair rsa(int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(bits);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static Csr of(KeyPair keys, String algorithm, String subject, String uri) {
        return of(keys, keys, algorithm, subject, uri);
    }

    /** Signed by another key than the one in it, if they differ. */
    public static Csr of(KeyPair keys, KeyPair signer, String algorithm, String subject, String uri) {
        return of(keys, signer, algorithm, subject, new GeneralName(GeneralName.uniformResourceIdentifier, uri));
    }

    private static Csr of(KeyPair keys, KeyPair signer, String algorithm, String subject, GeneralName... names) {
        try {
            ExtensionsGenerator extensions = new ExtensionsGenerator();
            extensions.addExtension(Extension.subjectAlternativeName, true, new GeneralNames(names));
            StringWriter out = new StringWriter();
            try (JcaPEMWriter writer = new JcaPEMWriter(out)) {
                writer.writeObject(new JcaPKCS10CertificationRequestBuilder(new X500Name(subject), keys.getPublic())
                        .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
                        .build(new JcaContentSignerBuilder(algorithm).setProvider(ALL_CURVES).build(signer.getPrivate())));
            }
            return new Csr(keys, out.toString());
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }
}
