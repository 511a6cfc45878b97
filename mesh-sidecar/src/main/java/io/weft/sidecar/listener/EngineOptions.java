package io.weft.sidecar.listener;

import io.weft.sidecar.http.RequestObserver;
import io.weft.sidecar.observe.accesslog.AccessLog;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.resource.AccessLogResource;
import io.weft.sidecar.tls.TlsContexts;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/**
 * What the engine is given by whoever runs it.
 *
 * @param loops event loops; not disposed by the engine
 * @param tls contexts of this part's identity; null: listeners and clusters with TLS are refused
 * @param metrics counters of the hot path
 * @param observers told of every exchange
 * @param accessLogs opens one access log of lines
 * @param binder opens server sockets: {@link TcpListenerBinder} in the sidecar
 * @param tcp makes byte proxies
 * @param maxConnections downstream connections at a time over all listeners; all engines of a process together have at most half its descriptors
 */
public record EngineOptions(
        LoopResources loops,
        @Nullable TlsContexts tls,
        EngineMetrics metrics,
        List<RequestObserver> observers,
        Function<AccessLogResource.Lines, AccessLog> accessLogs,
        ListenerBinder binder,
        TcpTails tcp,
        int maxConnections) {
    public EngineOptions {
        observers = List.copyOf(observers);
        if (maxConnections < 1) {
            throw new IllegalArgumentException("maxConnections: " + maxConnections + " (expected: >= 1)");
        }
    }
}
