package io.weft.sidecar.tls;

import io.netty.handler.ssl.ClientAuth;
import io.weft.sidecar.identity.AllowedPeers;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a TLS context is for. Equal specs share one context; versions and ciphers are {@link TlsLimits}. {@code alpn} lists application protocols by
 * preference, empty for none.
 */
public sealed interface TlsSpec {

    List<String> alpn();

    /** The server name a client sends; null for none, and for servers. */
    default @Nullable String serverName() {
        if (this instanceof Outbound outbound) {
            return outbound.sni();
        }
        return this instanceof Origination origination ? origination.sni() : null;
    }

    /** Whether the context is made from the workload's own identity, and so waits for it and follows its rotation. */
    default boolean usesIdentity() {
        return this instanceof Inbound || this instanceof Outbound;
    }

    /**
     * A server with the workload's certificate.
     *
     * @param clientAuth whether callers must ({@code REQUIRE}), may ({@code OPTIONAL}) or cannot show a mesh certificate; a
     *     certificate that is shown is always checked
     * @param peers who may show one
     */
    record Inbound(ClientAuth clientAuth, AllowedPeers peers, List<String> alpn) implements TlsSpec {
        public Inbound(ClientAuth clientAuth, List<String> alpn) {
            this(clientAuth, AllowedPeers.any(), alpn);
        }

        public Inbound {
            alpn = List.copyOf(alpn);
        }
    }

    /**
     * A client that shows the workload's certificate and accepts a server by its SPIFFE id.
     *
     * @param sni the server name sent, or null for none
     */
    record Outbound(@Nullable String sni, List<String> alpn, AllowedPeers peers) implements TlsSpec {
        public Outbound {
            ServerName.check(sni);
            alpn = List.copyOf(alpn);
        }
    }

    /**
     * A client to a server outside the mesh (SIMPLE, MUTUAL).
     *
     * @param names what the server's certificate must have one of: DNS names (a certificate's {@code *.} stands for one label), IP
     *     addresses or URIs; empty: any name
     * @param clientPair the certificate shown, for MUTUAL
     */
    record Origination(
            @Nullable String sni, List<String> alpn, Trust trust, Set<String> names, @Nullable PemKeyPair clientPair)
            implements TlsSpec {
        public Origination {
            ServerName.check(sni);
            alpn = List.copyOf(alpn);
            names = Set.copyOf(names);
        }
    }

    /**
     * A server at the edge (SIMPLE, MUTUAL, OPTIONAL_MUTUAL). A client certificate is checked against {@code clientCa} and says
     * nothing about the mesh: its URI is never taken for a mesh identity.
     *
     * @param clientCa PEM of the roots of client certificates; null unless {@code clientAuth} is {@code NONE}
     * @param clientNames what a client's certificate must have one of; empty: any name
     */
    record Edge(PemKeyPair pair, ClientAuth clientAuth, @Nullable String clientCa, Set<String> clientNames, List<String> alpn)
            implements TlsSpec {
        public Edge(PemKeyPair pair, ClientAuth clientAuth, @Nullable String clientCa, List<String> alpn) {
            this(pair, clientAuth, clientCa, Set.of(), alpn);
        }

        public Edge {
            alpn = List.copyOf(alpn);
            clientNames = Set.copyOf(clientNames);
            if ((clientCa == null) != (clientAuth == ClientAuth.NONE)) {
                throw new IllegalArgumentException("client CA: " + (clientCa == null ? "none" : "given")
                        + " with client certificates " + clientAuth + " (expected: a CA unless NONE)");
            }
        }
    }

    /** Whose certificates a client accepts. */
    sealed interface Trust {

        /** The operating system's bundle, or the JDK's where there is none. */
        record System() implements Trust {}

        /** These PEM roots. */
        record Roots(String pem) implements Trust {}

        /** Anybody's: no check at all ({@code insecureSkipVerify}). */
        record Nobody() implements Trust {}
    }
}
