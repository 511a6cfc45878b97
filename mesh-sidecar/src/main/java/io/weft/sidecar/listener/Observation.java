package io.weft.sidecar.listener;

import io.netty.channel.EventLoopGroup;
import io.weft.sidecar.cluster.Clusters;
import io.weft.sidecar.http.Reporting;
import io.weft.sidecar.http.RequestMetrics;
import io.weft.sidecar.http.RequestObserver;
import io.weft.sidecar.observe.accesslog.AccessLog;
import io.weft.sidecar.observe.accesslog.FilteredLog;
import io.weft.sidecar.observe.als.GrpcLogs;
import io.weft.sidecar.observe.peer.PeerExchange;
import io.weft.sidecar.observe.peer.PeerMetadata;
import io.weft.sidecar.observe.span.SpanExports;
import io.weft.sidecar.observe.trace.Tracer;
import io.weft.sidecar.resource.AccessLogResource;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.resource.LocalNode;
import io.weft.sidecar.resource.LocalNodeParser;
import io.weft.sidecar.resource.TcpProxyResource;
import io.weft.sidecar.resource.TracingResource;
import io.weft.sidecar.resource.Workload;
import io.weft.sidecar.tcp.TcpMetrics;
import io.weft.sidecar.tcp.TcpObserver;
import io.weft.sidecar.tcp.TcpReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Who this proxy is, and what it tells of what it does: metrics shared by all listeners of a direction, access logs, spans. Changes come one at a time. */
final class Observation {
    private final EngineOptions options;
    private final PeerMetadata peers;
    private final PeerExchange exchange;
    private final GrpcLogs grpcLogs;
    private final SpanExports spans;
    private final Map<Wanted, RequestMetrics> requests = new HashMap<>();
    private final Map<Wanted, TcpMetrics> connections = new HashMap<>();
    private volatile LocalNode self = LocalNode.UNKNOWN;

    private record Wanted(boolean inbound, Set<String> disabled) {}

    Observation(EngineOptions options, Clusters clusters, EventLoopGroup loops, PeerExchange exchange) {
        this.options = options;
        this.exchange = exchange;
        this.peers = new PeerMetadata(exchange.names());
        this.grpcLogs = new GrpcLogs(clusters, loops, () -> self, options.metrics());
        this.spans = new SpanExports(clusters, loops, () -> self, options.metrics());
    }

    /** The control plane knows us by this name. */
    void known(Workload as) {
        if (!as.equals(self.workload())) {
            introduce(LocalNodeParser.known(self, as));
        }
    }

    void introduce(LocalNode node) {
        self = node;
        exchange.self().introduce(node);
    }

    Reporting http(ListenerResource listener, HttpManagerResource settings) {
        List<RequestObserver> observers = new ArrayList<>(options.observers());
        settings.accessLogs().forEach(access -> observers.add(open(access)));
        TracingResource tracing = settings.tracing();
        if (tracing != null) {
            observers.add(spans.open(tracing, listener.direction() == ListenerResource.Direction.OUTBOUND && !self.router()));
        }
        return new Reporting(observers, requests(wanted(listener)), peers, tracing == null ? null : new Tracer(tracing));
    }

    /** For whoever compiles without serving. */
    Reporting nothing() {
        return new Reporting(List.of(), requests(new Wanted(false, Set.of())), peers, null);
    }

    /** @param exchanging clients that agree on it by ALPN say who they are */
    TcpReport tcp(ListenerResource listener, TcpProxyResource proxy, boolean exchanging) {
        Wanted wanted = wanted(listener);
        TcpMetrics metrics = connections.computeIfAbsent(
                wanted, w -> new TcpMetrics(options.metrics(), w.inbound(), () -> self.workload(), w.disabled()));
        List<TcpObserver> observers = new ArrayList<>();
        proxy.accessLogs().forEach(access -> observers.add(open(access)));
        return new TcpReport(metrics, observers, exchanging ? exchange : null);
    }

    private static Wanted wanted(ListenerResource listener) {
        return new Wanted(listener.direction() == ListenerResource.Direction.INBOUND, listener.disabledMetrics());
    }

    private RequestMetrics requests(Wanted wanted) {
        return requests.computeIfAbsent(
                wanted, w -> new RequestMetrics(options.metrics(), w.inbound(), () -> self.workload(), w.disabled()));
    }

    /** Gives what has gathered a last chance to go, and a second to do so. Clusters must still be there. */
    void end() {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        grpcLogs.senders().forEach(sender -> ends.add(sender.end()));
        spans.senders().forEach(sender -> ends.add(sender.end()));
        CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, 1, TimeUnit.SECONDS)
                .join();
    }

    private AccessLog open(AccessLogResource access) {
        AccessLog log = access.output() instanceof AccessLogResource.Lines lines
                ? options.accessLogs().apply(lines)
                : grpcLogs.open((AccessLogResource.Stream) access.output());
        return FilteredLog.of(log, access.filter());
    }
}
