package io.weft.sidecar.testing;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;

/** Resources as a control plane sends them. */
public final class Samples {
    public static final ConfigSource ADS = ConfigSource.newBuilder()
            .setAds(AggregatedConfigSource.getDefaultInstance())
            .build();

    private Samples() {}

    public static Cluster eds(String name) {
        return Cluster.newBuilder()
                .setName(name)
                .setType(Cluster.DiscoveryType.EDS)
                .setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder().setEdsConfig(ADS))
                .build();
    }

    /** A field that is not supported. */
    public static Cluster bad(String name) {
        return eds(name).toBuilder()
                .setLbSubsetConfig(Cluster.LbSubsetConfig.newBuilder()
                        .setFallbackPolicy(Cluster.LbSubsetConfig.LbSubsetFallbackPolicy.ANY_ENDPOINT))
                .build();
    }

    /** One endpoint, with a probe. */
    public static Cluster probed(String name, int port, String path) {
        return Cluster.newBuilder()
                .setName(name)
                .setType(Cluster.DiscoveryType.STATIC)
                .setLoadAssignment(endpoints(name, port))
                .addHealthChecks(HealthCheck.newBuilder()
                        .setTimeout(Duration.newBuilder().setSeconds(1))
                        .setInterval(Duration.newBuilder().setNanos(50_000_000))
                        .setHealthyThreshold(UInt32Value.of(1))
                        .setUnhealthyThreshold(UInt32Value.of(1))
                        .setHttpHealthCheck(HealthCheck.HttpHealthCheck.newBuilder().setPath(path).setHost("localhost")))
                .build();
    }

    public static ClusterLoadAssignment endpoints(String cluster, int port) {
        return ClusterLoadAssignment.newBuilder()
                .setClusterName(cluster)
                .addEndpoints(LocalityLbEndpoints.newBuilder()
                        .addLbEndpoints(LbEndpoint.newBuilder()
                                .setLoadBalancingWeight(UInt32Value.of(1))
                                .setEndpoint(Endpoint.newBuilder().setAddress(address(port)))))
                .build();
    }

    public static Address address(int port) {
        return Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(port))
                .build();
    }

    public static Listener listener(String name, String routes) {
        return listener(name, routes, 0);
    }

    public static Listener listener(String name, String routes, int port) {
        HttpConnectionManager manager = HttpConnectionManager.newBuilder()
                .setStatPrefix(name)
                .setRds(Rds.newBuilder().setRouteConfigName(routes).setConfigSource(ADS))
                .addHttpFilters(HttpFilter.newBuilder()
                        .setName("envoy.filters.http.router")
                        .setTypedConfig(Any.pack(Router.getDefaultInstance())))
                .build();
        return Listener.newBuilder()
                .setName(name)
                .setAddress(address(port))
                .addFilterChains(FilterChain.newBuilder()
                        .addFilters(Filter.newBuilder()
                                .setName("envoy.filters.network.http_connection_manager")
                                .setTypedConfig(Any.pack(manager))))
                .build();
    }

    public static RouteConfiguration routes(String name, String cluster) {
        return RouteConfiguration.newBuilder()
                .setName(name)
                .addVirtualHosts(VirtualHost.newBuilder()
                        .setName("all")
                        .addDomains("*")
                        .addRoutes(Route.newBuilder()
                                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                                .setRoute(RouteAction.newBuilder().setCluster(cluster))))
                .build();
    }

    /** A sidecar of version v1 of {@code app}. */
    public static Node node(String workload, String namespace, String app) {
        Struct labels = Struct.newBuilder().putFields("app", text(app)).putFields("version", text("v1")).build();
        return Node.newBuilder()
                .setId("sidecar~127.0.0.1~" + workload + "." + namespace + "~x")
                .setCluster(app + "." + namespace)
                .setMetadata(Struct.newBuilder()
                        .putFields("NAME", text(workload))
                        .putFields("WORKLOAD_NAME", text(workload))
                        .putFields("NAMESPACE", text(namespace))
                        .putFields("CLUSTER_ID", text("Kubernetes"))
                        .putFields("MESH_ID", text("cluster.local"))
                        .putFields("LABELS", Value.newBuilder().setStructValue(labels).build()))
                .build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }
}
