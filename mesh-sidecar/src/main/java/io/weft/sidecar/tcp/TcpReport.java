package io.weft.sidecar.tcp;

import java.util.List;

/** Who is told of proxied connections: metrics while they live, observers when they end. */
public record TcpReport(TcpMetrics metrics, List<TcpObserver> observers) {
    public TcpReport {
        observers = List.copyOf(observers);
    }
}
