package io.weft.ca.attest;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a caller shows. Nothing of it has been checked.
 *
 * @param chain the client certificates of its TLS connection, empty if there are none
 * @param authorization the {@code authorization} metadata, or null
 * @param peer where it comes from
 */
public record Credentials(List<X509Certificate> chain, @Nullable String authorization, @Nullable SocketAddress peer) {

    public Credentials {
        chain = List.copyOf(chain);
    }

    /** Where it comes from, whichever port it took there. */
    public String address() {
        return peer instanceof InetSocketAddress known && known.getAddress() != null ? known.getAddress().getHostAddress() : String.valueOf(peer);
    }

    /** Never the token. */
    @Override
    public String toString() {
        return "Credentials[" + chain.size() + " certificates, " + (authorization == null ? "no" : "a") + " token, " + peer + "]";
    }
}
