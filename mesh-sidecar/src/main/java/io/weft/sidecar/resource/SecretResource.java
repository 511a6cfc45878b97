package io.weft.sidecar.resource;

import org.jspecify.annotations.Nullable;

/**
 * A secret: exactly one of a certificate with its key, or trust anchors.
 *
 * @param name as SDS names it: {@code default}, {@code ROOTCA}, {@code kubernetes://…}; for an inline one, a name of the parser's
 */
public record SecretResource(String name, @Nullable Certificate certificate, @Nullable Trust trust) {
    public SecretResource {
        if ((certificate == null) == (trust == null)) {
            throw new ResourceException(
                    "secret " + name + " (expected: exactly one of tls_certificate and validation_context)");
        }
    }

    /** PEM. The key never appears in {@link #toString()}. */
    public record Certificate(String chainPem, String keyPem) {
        @Override
        public String toString() {
            return "Certificate[" + chainPem.length() + " characters of chain]";
        }
    }

    /** PEM trust anchors; crlPem may be empty. */
    public record Trust(String caPem, String crlPem) {}
}
