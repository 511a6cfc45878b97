package io.weft.sidecar.tls;

/**
 * A certificate chain (leaf first) and its private key as PEM text.
 *
 * @param chain certificates
 * @param key unencrypted PKCS#8, RSA or EC private key
 */
public record PemKeyPair(String chain, String key) {

    /** Never the key. */
    @Override
    public String toString() {
        return "PemKeyPair[" + chain.length() + " characters of certificates]";
    }
}
