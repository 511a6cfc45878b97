package io.weft.sidecar.tcp;

import io.weft.sidecar.observe.peer.PeerExchange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is told of proxied connections: metrics while they live, observers when they end.
 *
 * @param exchange how clients say who they are; null: they are not asked
 */
public record TcpReport(TcpMetrics metrics, List<TcpObserver> observers, @Nullable PeerExchange exchange) {
    public TcpReport {
        observers = List.copyOf(observers);
    }
}
