package io.weft.sidecar.http;

import io.weft.sidecar.observe.peer.PeerMetadata;
import io.weft.sidecar.observe.trace.Tracer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is told of the exchanges of one HTTP connection manager.
 *
 * @param observers told of every exchange that has ended
 * @param peers what mesh peers say of themselves
 * @param tracer null: trace headers just pass
 */
public record Reporting(List<RequestObserver> observers, RequestMetrics metrics, PeerMetadata peers, @Nullable Tracer tracer) {
    public Reporting {
        observers = List.copyOf(observers);
    }
}
