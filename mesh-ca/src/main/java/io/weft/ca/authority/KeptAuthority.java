package io.weft.ca.authority;

import org.jspecify.annotations.Nullable;

/**
 * Root and intermediate as they are kept: PEM, unchecked.
 *
 * @param rootKey null: it is missing
 * @param intermediateCertificate null: it is missing or cannot be read
 * @param intermediateKey null: it is missing or cannot be read
 * @param version of a store that several use: which state this was; null: the store has none
 */
public record KeptAuthority(
        String rootCertificate,
        @Nullable String rootKey,
        @Nullable String intermediateCertificate,
        @Nullable String intermediateKey,
        @Nullable String version) {

    static KeptAuthority of(Signer root, Signer intermediate) {
        return new KeptAuthority(
                Pem.encode(root.certificate()),
                Pem.encode(root.key()),
                Pem.encode(intermediate.certificate()),
                Pem.encode(intermediate.key()),
                null);
    }

    KeptAuthority with(Signer intermediate) {
        return new KeptAuthority(rootCertificate, rootKey, Pem.encode(intermediate.certificate()), Pem.encode(intermediate.key()), version);
    }

    /** Never the keys. */
    @Override
    public String toString() {
        return "KeptAuthority[version=" + version + "]";
    }
}
