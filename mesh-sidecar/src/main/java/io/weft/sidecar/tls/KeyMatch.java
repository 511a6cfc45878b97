package io.weft.sidecar.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;

/** Proves by one signature that a private key belongs to a certificate; a mismatch would else show only in handshakes. */
final class KeyMatch {

    private static final byte[] PROBE = {1, 2, 3, 4, 5, 6, 7, 8};

    private KeyMatch() {}

    static void check(PrivateKey key, X509Certificate certificate) {
        if (!matches(key, certificate.getPublicKey())) {
            throw new IllegalArgumentException("private key (" + key.getAlgorithm() + ") does not belong to the certificate of "
                    + certificate.getSubjectX500Principal());
        }
    }

    private static boolean matches(PrivateKey key, PublicKey publicKey) {
        if (!key.getAlgorithm().equals(publicKey.getAlgorithm())) {
            return false;
        }
        try {
            Signature signature = Signature.getInstance(algorithm(key.getAlgorithm()));
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("private key (" + key.getAlgorithm() + ") cannot sign: " + e.getMessage(), e);
        }
    }

    private static String algorithm(String keyAlgorithm) {
        return switch (keyAlgorithm) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> keyAlgorithm;
        };
    }
}
