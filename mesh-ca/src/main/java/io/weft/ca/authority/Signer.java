package io.weft.ca.authority;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;

/**
 * A certificate that signs others, with its key.
 *
 * @param certificate a CA certificate
 * @param key its private key, ECDSA P-256
 */
record Signer(X509Certificate certificate, PrivateKey key) {

    static final String ALGORITHM = "SHA256withECDSA";

    /** Whether the key is the certificate's, shown by a signature. */
    boolean matches() throws GeneralSecurityException {
        byte[] probe = certificate.getTBSCertificate();
        Signature signature = Signature.getInstance(ALGORITHM);
        signature.initSign(key);
        signature.update(probe);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(probe);
        return signature.verify(signed);
    }

    /** Never the key. */
    @Override
    public String toString() {
        return "Signer[" + certificate.getSubjectX500Principal() + "]";
    }
}
