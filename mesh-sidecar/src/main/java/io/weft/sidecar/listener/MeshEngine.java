package io.weft.sidecar.listener;

import io.netty.channel.EventLoopGroup;
import io.netty.util.NetUtil;
import io.weft.sidecar.cluster.ClusterEnvironment;
import io.weft.sidecar.cluster.ClusterView;
import io.weft.sidecar.cluster.Clusters;
import io.weft.sidecar.cluster.dns.NameResolver;
import io.weft.sidecar.http.HttpManager;
import io.weft.sidecar.http.h1.Http1UpstreamCodec;
import io.weft.sidecar.http.h2.Http2UpstreamCodec;
import io.weft.sidecar.observe.metrics.MetricKey;
import io.weft.sidecar.observe.peer.PeerExchange;
import io.weft.sidecar.observe.peer.PeerNames;
import io.weft.sidecar.observe.peer.SelfHeaders;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.resource.LocalNode;
import io.weft.sidecar.resource.NetAddress;
import io.weft.sidecar.resource.ResourceException;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.SecretResource;
import io.weft.sidecar.secret.SecretStore;
import io.weft.sidecar.secret.TlsBinder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine. One lock for all changes: they are rare, and the data path never takes it. */
public final class MeshEngine implements Engine {
    private static final Logger log = LoggerFactory.getLogger(MeshEngine.class);

    private final EngineOptions options;
    private final ListenerBinder binder;
    private final SecretStore secrets = new SecretStore();
    private final TlsBinder tls;
    private final NameResolver names;
    private final Clusters clusters;
    private final Observation observation;
    private final @Nullable CertificateGauges certificates;
    private final ListenerCompiler compiler;
    private final AtomicInteger exchanges = new AtomicInteger();
    private final OpenConnections connections;
    private final Map<String, RouteConfigResource> routes = new HashMap<>();
    private final Map<String, LiveListener> listeners = new ConcurrentHashMap<>();
    private final Map<InetSocketAddress, LiveListener> preBound = new LinkedHashMap<>();
    /** Removed, but connections they accepted are still open. */
    private final Set<LiveListener> leaving = new HashSet<>();
    private volatile boolean draining;
    private boolean closed;

    /** @throws IllegalArgumentException for options that contradict each other */
    public MeshEngine(EngineOptions options) {
        this.options = options;
        this.binder = options.binder();
        this.connections = new OpenConnections(options.maxConnections(), ConnectionBudget.PROCESS);
        EventLoopGroup group = options.loops().onServer(true);
        this.tls = new TlsBinder(options.tls(), secrets);
        this.names = new NameResolver(group);
        PeerExchange exchange = new PeerExchange(new SelfHeaders(), new PeerNames(options.metrics()), options.metrics());
        this.clusters = new Clusters(new ClusterEnvironment(
                new Http1UpstreamCodec(), new Http2UpstreamCodec(), tls, options.metrics(), group, names, this::own, exchange));
        this.observation = new Observation(options, clusters, group, exchange);
        this.certificates = options.tls() == null ? null : new CertificateGauges(options.tls().identity(), options.metrics());
        this.compiler = new ListenerCompiler(options, observation, clusters, tls, exchanges, binder.assembly().fallThrough());
    }

    private boolean own(InetSocketAddress address) {
        for (LiveListener listener : listeners.values()) {
            InetSocketAddress bound = listener.address();
            if (bound.getPort() == address.getPort()
                    && (bound.getAddress().isAnyLocalAddress() && isLocal(address.getAddress())
                            || bound.getAddress().equals(address.getAddress())
                            || address.getAddress().isAnyLocalAddress())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLocal(InetAddress address) {
        return address.isLoopbackAddress() || address.isAnyLocalAddress();
    }

    @Override
    public synchronized InetSocketAddress preBind(String host, int port) {
        LiveListener listener = listener("pre-bound");
        listener.bind(binder, host, port);
        preBound.put(listener.address(), listener);
        return listener.address();
    }

    @Override
    public synchronized void introduce(LocalNode node) {
        observation.introduce(node);
    }

    private LiveListener listener(String name) {
        return new LiveListener(
                connections,
                options.metrics().counter(MetricKey.of("envoy_listener_downstream_cx_total", "listener", name)),
                options.metrics().counter(MetricKey.of("envoy_listener_no_filter_chain_match", "listener", name)),
                options.metrics().counter(MetricKey.of("envoy_listener_downstream_cx_overflow", "listener", name)),
                binder.assembly());
    }

    @Override
    public synchronized List<Rejection> applyListeners(Collection<ListenerResource> changed, Collection<String> removed) {
        List<Rejection> rejections = new ArrayList<>();
        for (ListenerResource resource : changed) {
            try {
                put(resource);
            } catch (ResourceException | IllegalArgumentException e) {
                rejections.add(new Rejection(resource.name(), e.getMessage()));
            } catch (RuntimeException e) {
                log.debug("listener {}", resource.name(), e);
                rejections.add(new Rejection(resource.name(), "cannot bind " + resource.address() + ": " + e.getMessage()));
            }
        }
        removed.forEach(this::removeListener);
        return rejections;
    }

    private void put(ListenerResource resource) {
        LiveListener live = listeners.get(resource.name());
        ListenerState before = live == null ? null : live.state();
        if (before != null && before.resource().equals(resource)) {
            return;
        }
        ListenerResource moved = before == null || before.resource().address().equals(resource.address()) ? null : before.resource();
        if (moved != null) {
            live = null;
            before = null;
            if (moved.address().port() == resource.address().port()) {
                // No port is bound twice; any other is given up when the new one is there: what is refused must leave the last good one where it is.
                removeListener(moved.name());
            }
        }
        if (resource.self() != null) {
            observation.known(resource.self());
        }
        ListenerCompiler.Compiled compiled = compiler.compile(resource, before, routes);
        ListenerState next = compiled.state();
        if (live == null) {
            live = adopt(resource.address());
            if (live == null) {
                live = listener(resource.name());
                try {
                    live.bind(binder, resource.address().host(), resource.address().port());
                } catch (RuntimeException e) {
                    next.all().forEach(Chain::close);
                    if (moved != null && !listeners.containsKey(moved.name())) {
                        put(moved);
                    }
                    throw e;
                }
            }
        }
        if (moved != null) {
            removeListener(moved.name());
        }
        compiled.updates().forEach(Runnable::run);
        live.state(next);
        listeners.put(resource.name(), live);
        if (draining) {
            compiler.drain(next);
        }
        if (before != null) {
            before.all().forEach(Chain::close);
            leave(before, next);
        }
    }

    /** What a chain that is gone decided by must not be in force for ever on connections it accepted: their next answer is the last. */
    private static void leave(ListenerState before, ListenerState next) {
        for (Chain old : before.all()) {
            HttpManager manager = old.http();
            if (manager != null && next.all().stream().noneMatch(chain -> chain.http() == manager)) {
                manager.drain();
            }
        }
    }

    private @Nullable LiveListener adopt(NetAddress address) {
        for (Map.Entry<InetSocketAddress, LiveListener> entry : preBound.entrySet()) {
            InetSocketAddress bound = entry.getKey();
            boolean sameHost = NetUtil.toAddressString(bound.getAddress()).equals(address.host())
                    || bound.getAddress().isAnyLocalAddress() && (address.host().equals("0.0.0.0") || address.host().equals("::"));
            if (bound.getPort() == address.port() && sameHost && entry.getValue().state() == null) {
                return entry.getValue();
            }
        }
        return null;
    }

    private void removeListener(String name) {
        LiveListener live = listeners.remove(name);
        if (live == null) {
            return;
        }
        ListenerState state = live.state();
        if (preBound.containsValue(live)) {
            live.state(null);
        } else {
            live.unbind();
            leaving.removeIf(gone -> gone.connections() == 0);
            leaving.add(live);
        }
        if (state != null) {
            compiler.drain(state);
            state.all().forEach(Chain::close);
        }
        live.drain(false);
    }

    @Override
    public synchronized List<Rejection> applyRoutes(Collection<RouteConfigResource> changed, Collection<String> removed) {
        List<Rejection> rejections = new ArrayList<>();
        for (RouteConfigResource resource : changed) {
            if (resource.equals(routes.get(resource.name()))) {
                continue;
            }
            try {
                compiler.check(resource);
                managersOf(resource.name()).forEach(manager -> manager.routes(resource));
                routes.put(resource.name(), resource);
            } catch (ResourceException e) {
                rejections.add(new Rejection(resource.name(), e.getMessage()));
            }
        }
        for (String name : removed) {
            routes.remove(name);
            managersOf(name).forEach(manager -> manager.routes(null));
        }
        return rejections;
    }

    private List<HttpManager> managersOf(String rds) {
        List<HttpManager> managers = new ArrayList<>();
        for (LiveListener listener : listeners.values()) {
            ListenerState state = listener.state();
            if (state != null) {
                for (Chain chain : state.all()) {
                    if (chain.http() != null && rds.equals(chain.http().rdsName())) {
                        managers.add(chain.http());
                    }
                }
            }
        }
        return managers;
    }

    @Override
    public synchronized List<Rejection> applyClusters(Collection<ClusterResource> changed, Collection<String> removed) {
        List<Rejection> rejections = new ArrayList<>();
        for (ClusterResource resource : changed) {
            try {
                clusters.put(resource);
            } catch (ResourceException | IllegalArgumentException e) {
                rejections.add(new Rejection(resource.name(), String.valueOf(e.getMessage())));
            }
        }
        removed.forEach(clusters::remove);
        return rejections;
    }

    @Override
    public synchronized List<Rejection> applyEndpoints(Collection<EndpointsResource> changed, Collection<String> removed) {
        List<Rejection> rejections = new ArrayList<>();
        for (EndpointsResource resource : changed) {
            try {
                clusters.endpoints(resource);
            } catch (ResourceException e) {
                rejections.add(new Rejection(resource.clusterName(), e.getMessage()));
            }
        }
        removed.forEach(clusters::removeEndpoints);
        return rejections;
    }

    @Override
    public synchronized List<Rejection> applySecrets(Collection<SecretResource> changed, Collection<String> removed) {
        changed.forEach(secrets::put);
        removed.forEach(secrets::remove);
        return List.of();
    }

    @Override
    public List<ClusterView> clusters() {
        return List.copyOf(clusters.all());
    }

    @Override
    public Clusters liveClusters() {
        return clusters;
    }

    @Override
    public Map<String, InetSocketAddress> listeners() {
        Map<String, InetSocketAddress> bound = new TreeMap<>();
        listeners.forEach((name, listener) -> bound.put(name, listener.address()));
        return bound;
    }

    @Override
    public synchronized void startDraining() {
        boolean again = draining;
        draining = true;
        for (LiveListener listener : listeners.values()) {
            ListenerState state = listener.state();
            if (state != null) {
                compiler.drain(state);
            }
            listener.drain(again);
        }
    }

    @Override
    public int active() {
        return exchanges.get();
    }

    @Override
    public int connections() {
        return connections.open();
    }

    @Override
    public Duration quiet() {
        return connections.quiet();
    }

    @Override
    public void shutdown(Duration grace) {
        Set<LiveListener> all = new HashSet<>();
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            if (!draining) {
                startDraining();
            }
            // told a second time, connections at rest close
            startDraining();
            all.addAll(listeners.values());
            all.addAll(preBound.values());
            all.addAll(leaving);
        }
        all.forEach(LiveListener::unbind);
        connections.awaitNone(grace.toNanos(), TimeUnit.NANOSECONDS);
        all.forEach(LiveListener::closeConnections);
        for (LiveListener listener : all) {
            ListenerState state = listener.state();
            if (state != null && !leaving.contains(listener)) {
                state.all().forEach(Chain::close);
            }
        }
        observation.end();
        if (certificates != null) {
            certificates.close();
        }
        clusters.close();
        names.close();
    }

    @Override
    public void close() {
        shutdown(Duration.ZERO);
    }
}
