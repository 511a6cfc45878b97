package io.weft.sidecar.testing;

import io.weft.sidecar.bootstrap.TcpProxies;
import io.weft.sidecar.listener.Engine;
import io.weft.sidecar.listener.EngineOptions;
import io.weft.sidecar.listener.MeshEngine;
import io.weft.sidecar.listener.Rejection;
import io.weft.sidecar.listener.TcpListenerBinder;
import io.weft.sidecar.observe.accesslog.AccessLogs;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.resource.NetAddress;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.VirtualHostResource;
import io.weft.sidecar.tls.TlsContexts;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/** An engine on loopback with short ways to say what it should do. */
public final class TestEngine implements AutoCloseable {
    private static final String RDS = "test-routes";

    private final LoopResources loops = LoopResources.create("test-engine", 1, true);
    private final EngineMetrics metrics = new EngineMetrics();
    private final AccessLogs accessLogs = new AccessLogs();
    private final List<Seen> log = new CopyOnWriteArrayList<>();
    private final Engine engine;
    private int listeners;

    public TestEngine() {
        this(null);
    }

    public TestEngine(@Nullable TlsContexts tls) {
        this(tls, 1000);
    }

    public TestEngine(@Nullable TlsContexts tls, int maxConnections) {
        engine = new MeshEngine(new EngineOptions(
                loops,
                tls,
                metrics,
                List.of(entry -> log.add(new Seen(entry.status(), entry.flags(), entry.upstreamHost(), entry.attempts(), entry.request().path()))),
                accessLogs::open,
                new TcpListenerBinder(loops),
                new TcpProxies(metrics),
                maxConnections));
    }

    public Engine engine() {
        return engine;
    }

    public EngineMetrics metrics() {
        return metrics;
    }

    /** What the access log would say. */
    public record Seen(int status, String flags, @Nullable String upstream, int attempts, String path) {}

    public List<Seen> log() {
        return log;
    }

    public void cluster(ClusterResource cluster) {
        none(engine.applyClusters(List.of(cluster), List.of()));
    }

    public void cluster(String name, int... ports) {
        cluster(ClusterResource.of(name, ClusterResource.Type.STATIC, endpoints(name, ports)));
    }

    public static EndpointsResource endpoints(String name, int... ports) {
        return EndpointsResource.of(
                name,
                Arrays.stream(ports).mapToObj(port -> EndpointsResource.Endpoint.of("127.0.0.1", port)).toList());
    }

    /** A listener whose only virtual host is {@code *} with these routes; gives its port. */
    public int listen(RouteResource... routes) {
        return listen(manager -> manager, List.of(), VirtualHostResource.of("all", List.of("*"), List.of(routes)));
    }

    public int listen(
            java.util.function.UnaryOperator<HttpManagerResource> change,
            List<HttpManagerResource.NamedHttpFilter> filters,
            VirtualHostResource... hosts) {
        String name = "listener-" + listeners++;
        RouteConfigResource table = RouteConfigResource.of(RDS + name, List.of(hosts));
        HttpManagerResource manager = change.apply(HttpManagerResource.of(name, table, null, filters));
        ListenerResource.FilterChain chain =
                new ListenerResource.FilterChain("http", ListenerResource.FilterChainMatch.ANY, null, List.of(manager));
        listener(name, ListenerResource.Direction.OUTBOUND, chain);
        return engine.listeners().get(name).getPort();
    }

    public void listener(String name, ListenerResource.Direction direction, ListenerResource.FilterChain... chains) {
        none(engine.applyListeners(
                List.of(new ListenerResource(
                        name,
                        new NetAddress("127.0.0.1", 0),
                        direction,
                        false,
                        false,
                        false,
                        Duration.ZERO,
                        false,
                        List.of(chains),
                        null,
                        0,
                        List.of())),
                List.of()));
    }

    private static void none(List<Rejection> rejections) {
        if (!rejections.isEmpty()) {
            throw new AssertionError(rejections.toString());
        }
    }

    @Override
    public void close() {
        engine.close();
        accessLogs.close();
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block();
    }
}
