package io.weft.sidecar.resource;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What downstream and upstream TLS share.
 *
 * @param alpn offered (client) or supported (server), in order of preference
 * @param certificate name of the secret with our certificate; null: none
 * @param validation null: the peer is not verified (a server then asks for no certificate)
 * @param minVersion {@code TLSv1.2} or {@code TLSv1.3}
 * @param ciphers empty: the engine's
 * @param inline secrets that were given inline in the resource, under the names used here
 */
public record TlsCommon(
        List<String> alpn,
        @Nullable SecretRef certificate,
        @Nullable Validation validation,
        String minVersion,
        String maxVersion,
        List<String> ciphers,
        List<SecretResource> inline) {
    public TlsCommon {
        alpn = List.copyOf(alpn);
        ciphers = List.copyOf(ciphers);
        inline = List.copyOf(inline);
    }

    /**
     * @param own named without {@code sds_config}: the proxy's own identity ({@code default}, {@code ROOTCA})
     * @param inlined in {@link TlsCommon#inline}
     */
    public record SecretRef(String name, boolean own, boolean inlined) {}

    /**
     * @param trust null: the system's anchors
     * @param subjectAltNames one must match; empty: none is asked for
     * @param acceptUntrusted {@code ACCEPT_UNTRUSTED}: the chain is not verified
     */
    public record Validation(@Nullable SecretRef trust, List<SanMatch> subjectAltNames, boolean acceptUntrusted) {
        public Validation {
            subjectAltNames = List.copyOf(subjectAltNames);
        }
    }

    /** One accepted subject alternative name. */
    public record SanMatch(Type type, StringMatch match) {
        /** SAN types. */
        public enum Type {
            URI,
            DNS,
            EMAIL,
            IP
        }
    }
}
