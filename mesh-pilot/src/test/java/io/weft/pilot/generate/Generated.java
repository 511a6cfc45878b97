package io.weft.pilot.generate;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.weft.pilot.state.MeshState;
import java.util.List;
import java.util.Set;

/** What was generated for a proxy, unpacked. */
public final class Generated {

    private final Snapshot snapshot;

    private Generated(Snapshot snapshot) {
        this.snapshot = snapshot;
    }

    public static Generated of(MeshState state, Proxy proxy) {
        return new Generated(new Generator(state).generate(proxy));
    }

    public Snapshot snapshot() {
        return snapshot;
    }

    public Set<String> names(ResourceType type) {
        return snapshot.of(type).keySet();
    }

    public Cluster cluster(String name) {
        return get(ResourceType.CLUSTER, name, Cluster.class);
    }

    public ClusterLoadAssignment endpoints(String name) {
        return get(ResourceType.ENDPOINT, name, ClusterLoadAssignment.class);
    }

    public Listener listener(String name) {
        return get(ResourceType.LISTENER, name, Listener.class);
    }

    public RouteConfiguration routes(String name) {
        return get(ResourceType.ROUTE, name, RouteConfiguration.class);
    }

    public VirtualHost host(String routes, String name) {
        return routes(routes).getVirtualHostsList().stream()
                .filter(host -> host.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no virtual host " + name + " in " + routes + ": "
                        + routes(routes).getVirtualHostsList().stream().map(VirtualHost::getName).toList()));
    }

    public List<Route> proxyRoutes(String host) {
        return host("http_proxy", host).getRoutesList();
    }

    /** Of all listeners' filter chains. */
    public List<HttpConnectionManager> managers() {
        return names(ResourceType.LISTENER).stream()
                .flatMap(name -> listener(name).getFilterChainsList().stream())
                .map(chain -> chain.getFilters(chain.getFiltersCount() - 1).getTypedConfig())
                .filter(config -> config.is(HttpConnectionManager.class))
                .map(config -> unpack(config, HttpConnectionManager.class))
                .toList();
    }

    public static HttpConnectionManager http(FilterChain chain) {
        return unpack(chain.getFilters(chain.getFiltersCount() - 1).getTypedConfig(), HttpConnectionManager.class);
    }

    public static TcpProxy tcp(FilterChain chain) {
        return unpack(chain.getFilters(chain.getFiltersCount() - 1).getTypedConfig(), TcpProxy.class);
    }

    public static <T extends Message> T unpack(Any any, Class<T> type) {
        try {
            return any.unpack(type);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("not a " + type.getSimpleName() + ": " + any.getTypeUrl(), e);
        }
    }

    private <T extends Message> T get(ResourceType type, String name, Class<T> as) {
        GeneratedResource resource = snapshot.of(type).get(name);
        if (resource == null) {
            throw new AssertionError("no " + type + " " + name + ": " + names(type));
        }
        return unpack(resource.any(), as);
    }
}
