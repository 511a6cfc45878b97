package io.weft.gateway.filter;

import io.weft.sidecar.http.Onward;
import io.weft.sidecar.tls.PeerIdentity;
import java.util.Optional;
import org.springframework.web.server.ServerWebExchange;

/** Who has called, for filters and handlers of the user's. Proven by the certificate of the connection; never taken from a header. */
public final class Caller {

    private Caller() {}

    /** The caller's SPIFFE id, for example {@code spiffe://cluster.local/ns/default/sa/bookinfo-reviews}; empty without mutual TLS. */
    public static Optional<String> spiffeId(ServerWebExchange exchange) {
        Onward request = Handover.of(exchange);
        PeerIdentity peer = request == null ? null : request.connection().peer();
        return Optional.ofNullable(peer == null ? null : peer.uri());
    }

    /** The caller's address, after PROXY protocol if that was spoken; empty for what did not come through a listener of the mesh. */
    public static Optional<String> address(ServerWebExchange exchange) {
        Onward request = Handover.of(exchange);
        return Optional.ofNullable(request == null ? null : request.connection().remoteAddress());
    }
}
