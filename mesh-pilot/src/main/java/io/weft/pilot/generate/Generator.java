package io.weft.pilot.generate;

import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.weft.pilot.generate.cluster.InboundClusters;
import io.weft.pilot.generate.cluster.OutboundClusters;
import io.weft.pilot.generate.cluster.SniClusters;
import io.weft.pilot.generate.cluster.TelemetryCluster;
import io.weft.pilot.generate.endpoint.Viewpoint;
import io.weft.pilot.generate.listener.GatewayListeners;
import io.weft.pilot.generate.listener.InboundListeners;
import io.weft.pilot.generate.listener.Inbounds;
import io.weft.pilot.generate.listener.OutboundListeners;
import io.weft.pilot.generate.route.OutboundRoutes;
import io.weft.pilot.generate.secret.GatewaySecrets;
import io.weft.pilot.generate.spring.SpringResources;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.PeerAuthentication;
import io.weft.pilot.model.Protocol;
import io.weft.pilot.model.Telemetry;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.registry.MtlsModes;
import io.weft.pilot.routing.ServiceScope;
import io.weft.pilot.routing.SidecarScope;
import io.weft.pilot.routing.TelemetryScope;
import io.weft.pilot.routing.TrafficRules;
import io.weft.pilot.state.MeshState;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything a proxy gets, from one state of the mesh. What does not depend on the proxy's own ports is made once for all proxies of a namespace,
 * apart only by labels that some selector asks for. Thread-safe.
 *
 * <p>A service that cannot be generated is left out with a log line; the others are not touched.
 */
public final class Generator {

    private static final Logger log = LoggerFactory.getLogger(Generator.class);
    private static final int MAX_SCOPES = 1000;

    private final MeshState state;
    private final SelectingLabels selecting;
    private final ServiceResources services;
    private final SpringResources spring;
    private final ServedPorts served;
    private final MtlsModes mtls;
    private final Viewpoints viewpoints;
    private final Set<ObjectKey> shadowed;
    private final ConcurrentMap<ScopeKey, Outbound> outbounds = new ConcurrentHashMap<>();

    public Generator(MeshState state) {
        this(state, null, null, Set.of());
    }

    private Generator(
            MeshState state, @Nullable ServiceResources before, @Nullable SpringResources springBefore, Set<ObjectKey> reported) {
        this.state = state;
        this.selecting = new SelectingLabels(state);
        this.services = new ServiceResources(state, before);
        this.spring = new SpringResources(state, springBefore);
        this.served = new ServedPorts(state);
        this.mtls = new MtlsModes(state.all(PeerAuthentication.class), state.settings().rootNamespace());
        this.viewpoints = new Viewpoints(state);
        this.shadowed = shadowed(state, reported);
    }

    private static Set<ObjectKey> shadowed(MeshState state, Set<ObjectKey> reported) {
        Set<ObjectKey> keys = new HashSet<>();
        for (Telemetry telemetry : TelemetryScope.shadowed(state)) {
            keys.add(telemetry.key());
            if (!reported.contains(telemetry.key())) {
                log.warn(
                        "{} is not in force: an older Telemetry without selector holds for the whole of {} (expected: one per namespace)",
                        telemetry.key(),
                        telemetry.namespace());
            }
        }
        return keys;
    }

    /** A generator of the next state: what did not change since this one is not made again. */
    public Generator next(MeshState later) {
        return new Generator(later, services, spring, shadowed);
    }

    private record ScopeKey(String namespace, Map<String, String> labels, Viewpoint viewpoint, boolean gateway, boolean exchanging) {}

    public Snapshot generate(Proxy proxy) {
        Map<String, String> labels = selecting.of(proxy.namespace(), proxy.labels());
        if (outbounds.size() > MAX_SCOPES) {
            // Labels are the proxies' own words: who invents ever new ones must not fill the memory.
            outbounds.clear();
        }
        Outbound outbound = outbounds.computeIfAbsent(
                new ScopeKey(proxy.namespace(), labels, viewpoints.of(proxy, labels), proxy.isGateway(), proxy.exchangesMetadata()),
                this::outbound);
        Resources resources = new Resources();
        TelemetryCluster.of(state, proxy).ifPresent(cluster -> resources.add(ResourceType.CLUSTER, cluster.getName(), cluster));
        if (proxy.isGateway()) {
            gateway(proxy, outbound, resources);
        } else {
            sidecar(proxy, outbound, resources);
        }
        springRoutes(proxy, outbound, resources);
        return outbound.shared.with(resources.byType);
    }

    private void gateway(Proxy proxy, Outbound outbound, Resources resources) {
        GatewayListeners gateway = GatewayListeners.of(state, proxy, outbound.scope.everything(), outbound.traffic);
        gateway.listeners().forEach(listener -> resources.add(ResourceType.LISTENER, listener.getName(), listener));
        for (SniClusters.SniCluster sni : gateway.clusters()) {
            resources.add(ResourceType.CLUSTER, sni.cluster().getName(), sni.cluster());
            resources.add(ResourceType.ENDPOINT, sni.cluster().getName(), sni.endpoints());
        }
        gateway.routes().forEach(routes -> resources.add(ResourceType.ROUTE, routes.getName(), routes));
        GatewaySecrets.of(state, proxy.identity(), gateway.credentials())
                .forEach(secret -> resources.add(ResourceType.SECRET, secret.getName(), secret));
    }

    private void sidecar(Proxy proxy, Outbound outbound, Resources resources) {
        OutboundListeners listeners = new OutboundListeners(state, proxy, outbound.traffic);
        if (proxy.proxyPort() > 0) {
            resources.add(ResourceType.LISTENER, OutboundRoutes.HTTP_PROXY, listeners.httpProxy(proxy.proxyPort()));
        }
        for (SidecarScope.Listener egress : outbound.scope.listeners()) {
            listeners.egress(egress, outbound.scope.unknown())
                    .ifPresent(listener -> resources.add(ResourceType.LISTENER, listener.getName(), listener));
        }
        InboundListeners inbound = new InboundListeners(state, mtls, proxy);
        for (Inbounds.Inbound one : new Inbounds(state, served, proxy, outbound.scope.sidecar(), outbound.traffic).all()) {
            resources.add(ResourceType.LISTENER, one.listenerName(), inbound.of(one));
            resources.add(
                    ResourceType.CLUSTER,
                    InboundClusters.name(one.port()),
                    InboundClusters.of(one.port(), one.app(), one.http2(), one.pool(), one.probe(), one.probePort(), one.service()));
        }
    }

    /** The routes, and clusters that only they need: a route's namespace may see a service that the gateway's does not. */
    private void springRoutes(Proxy proxy, Outbound outbound, Resources resources) {
        Set<MeshService> added = new HashSet<>();
        for (SpringResources.Sent sent : spring.of(proxy)) {
            resources.add(ResourceType.SPRING_ROUTE, List.of(sent.resource()));
            MeshService service = sent.service();
            boolean there = service == null
                    || outbound.scope.everything().find(service.hostname()).filter(service::equals).isPresent();
            if (!there && added.add(service)) {
                ServiceResources.Made made = services.of(service, outbound.traffic.of(service), outbound.viewpoint, proxy.exchangesMetadata());
                resources.add(ResourceType.CLUSTER, made.clusters());
                resources.add(ResourceType.ENDPOINT, made.endpoints());
            }
        }
    }

    /** What proxies of one namespace and one set of labels share. */
    private Outbound outbound(ScopeKey key) {
        SidecarScope scope =
                key.gateway ? SidecarScope.unlimited(state, key.namespace) : SidecarScope.of(state, key.namespace, key.labels);
        TrafficRules traffic = new TrafficRules(state, key.namespace, key.labels);
        Resources resources = new Resources();
        services(scope.everything(), traffic, key, resources);
        if (!key.gateway) {
            OutboundRoutes routes = new OutboundRoutes(state, scope.rules(), key.labels, traffic);
            add(resources, routes.httpProxy(scope.catchAll(), scope.unknown()));
            for (SidecarScope.Listener listener : scope.listeners()) {
                Protocol protocol = listener.port().protocol();
                if (protocol.isHttp() || protocol == Protocol.UNKNOWN) {
                    OutboundRoutes own = new OutboundRoutes(state, listener.rules(), key.labels, traffic);
                    add(resources, own.listener(listener.services(), listener.port().number(), scope.unknown()));
                }
            }
        }
        return new Outbound(scope, traffic, key.viewpoint, Snapshot.of(state.version(), resources.byType));
    }

    private static void add(Resources resources, RouteConfiguration routes) {
        resources.add(ResourceType.ROUTE, routes.getName(), routes);
    }

    private void services(ServiceScope scope, TrafficRules traffic, ScopeKey key, Resources resources) {
        Cluster blackHole = OutboundClusters.blackHole();
        resources.add(ResourceType.CLUSTER, blackHole.getName(), blackHole);
        Cluster passthrough = OutboundClusters.passthrough();
        resources.add(ResourceType.CLUSTER, passthrough.getName(), passthrough);
        for (MeshService service : scope.services()) {
            try {
                ServiceResources.Made made = services.of(service, traffic.of(service), key.viewpoint, key.exchanging);
                resources.add(ResourceType.CLUSTER, TelemetryCluster.spare(state, service, made.clusters()));
                resources.add(ResourceType.ENDPOINT, made.endpoints());
            } catch (RuntimeException e) {
                log.error("service {} cannot be generated; it is left out", service.key(), e);
            }
        }
    }

    private record Outbound(SidecarScope scope, TrafficRules traffic, Viewpoint viewpoint, Snapshot shared) {}

    private static final class Resources {

        final Map<ResourceType, List<GeneratedResource>> byType = new EnumMap<>(ResourceType.class);

        void add(ResourceType type, String name, Message message) {
            add(type, List.of(GeneratedResource.of(name, message)));
        }

        void add(ResourceType type, List<GeneratedResource> made) {
            byType.computeIfAbsent(type, t -> new ArrayList<>()).addAll(made);
        }
    }
}
