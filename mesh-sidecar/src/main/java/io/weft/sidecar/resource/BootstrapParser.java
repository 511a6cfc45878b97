package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.bootstrap.v3.Admin;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Envoy's {@code Bootstrap} → {@link BootstrapResource}. What is set there and has no meaning here is refused by name, or told where it does no harm. */
public final class BootstrapParser {
    private static final Fields BOOTSTRAP = Fields.of(
                    Bootstrap.getDescriptor(), "node", "static_resources", "dynamic_resources", "admin")
            .ignore("statistics are only scraped here, always all of them", "stats_config", "stats_flush_interval",
                    "stats_flush_on_admin", "enable_dispatcher_stats", "stats_server_version_override", "deferred_stat_options")
            .ignore("event loops have no watchdog to configure", "watchdog", "watchdogs")
            .ignore("the whole node is always sent", "node_context_params")
            .ignore("there is no draining by file", "flags_path");
    private static final Fields STATIC =
            Fields.of(Bootstrap.StaticResources.getDescriptor(), "listeners", "clusters", "secrets");
    private static final Fields DYNAMIC =
            Fields.of(Bootstrap.DynamicResources.getDescriptor(), "lds_config", "cds_config", "ads_config");
    private static final Fields ADMIN = Fields.of(Admin.getDescriptor(), "address")
            .ignore("requests to the admin port are not logged", "access_log", "access_log_path")
            .ignore("there is no profiler", "profile_path");
    private static final Fields SOURCE = Fields.of(ConfigSource.getDescriptor(), "ads", "resource_api_version")
            .ignore("one time-out holds for all of a stream", "initial_fetch_timeout");
    private static final Fields API = Fields.of(
                    ApiConfigSource.getDescriptor(), "api_type", "transport_api_version", "grpc_services")
            .ignore("the node is always sent once per stream", "set_node_on_first_message_only");
    private static final Fields GRPC = Fields.of(GrpcService.getDescriptor(), "envoy_grpc")
            .ignore("a stream has no time-out", "timeout");
    private static final Fields ENVOY_GRPC = Fields.of(GrpcService.EnvoyGrpc.getDescriptor(), "cluster_name", "authority")
            .ignore("there are none to skip", "skip_envoy_headers");

    private BootstrapParser() {}

    /** @throws ResourceException that names what cannot be served */
    public static BootstrapResource parse(Bootstrap bootstrap) {
        Notices notices = new Notices();
        Where where = Where.root("bootstrap", "", notices);
        BOOTSTRAP.check(where, bootstrap);
        Bootstrap.StaticResources statics = bootstrap.getStaticResources();
        STATIC.check(where.field("static_resources"), statics);
        Set<String> secretNames = new HashSet<>();
        statics.getSecretsList().forEach(secret -> secretNames.add(secret.getName()));
        ResourceParsers parsers = ResourceParsers.ofFile(secretNames, notices);
        List<SecretResource> secrets = new ArrayList<>();
        for (Secret secret : statics.getSecretsList()) {
            secrets.add(parsers.secret(secret));
        }
        List<ClusterResource> clusters = new ArrayList<>();
        for (Cluster cluster : statics.getClustersList()) {
            clusters.add(standing(parsers.cluster(cluster)));
        }
        List<ListenerResource> listeners = new ArrayList<>();
        for (int i = 0; i < statics.getListenersCount(); i++) {
            Listener listener = statics.getListeners(i);
            // Envoy gives a nameless static listener a random name; a steady one is better for statistics.
            Listener named = listener.getName().isEmpty() ? listener.toBuilder().setName("listener_" + i).build() : listener;
            listeners.add(standing(parsers.listener(named)));
        }
        unique("clusters", clusters.stream().map(ClusterResource::name).toList());
        unique("listeners", listeners.stream().map(ListenerResource::name).toList());
        NetAddress admin = admin(where.field("admin"), bootstrap);
        BootstrapResource.Ads ads = ads(where.field("dynamic_resources"), bootstrap, clusters);
        return new BootstrapResource(
                secrets,
                clusters,
                listeners,
                admin,
                ads,
                secretNames,
                bootstrap.toByteArray(),
                LocalNodeParser.parse(bootstrap.getNode()),
                notices.lines());
    }

    private static void unique(String field, List<String> names) {
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw new ResourceException("bootstrap: static_resources." + field + ": " + name + " is there twice");
            }
        }
    }

    /** Static resources do not wait for others: what needs a control plane comes from it whole. */
    private static ClusterResource standing(ClusterResource cluster) {
        if (cluster.type() == ClusterResource.Type.EDS) {
            throw new ResourceException("cluster " + cluster.name() + ": type: EDS (expected: no EDS in static_resources; CDS brings it)");
        }
        return cluster;
    }

    private static ListenerResource standing(ListenerResource listener) {
        for (ListenerResource.FilterChain chain : listener.filterChains()) {
            for (NetworkFilterResource filter : chain.filters()) {
                if (filter instanceof HttpManagerResource manager && manager.rdsName() != null) {
                    throw new ResourceException("listener " + listener.name() + ": rds: " + manager.rdsName()
                            + " (expected: route_config in static_resources; LDS brings listeners with RDS)");
                }
            }
        }
        return listener;
    }

    private static @Nullable NetAddress admin(Where where, Bootstrap bootstrap) {
        if (!bootstrap.hasAdmin()) {
            return null;
        }
        ADMIN.check(where, bootstrap.getAdmin());
        return bootstrap.getAdmin().hasAddress() ? Values.address(where.field("address"), bootstrap.getAdmin().getAddress()) : null;
    }

    private static BootstrapResource.@Nullable Ads ads(Where where, Bootstrap bootstrap, List<ClusterResource> clusters) {
        if (!bootstrap.hasDynamicResources()) {
            return null;
        }
        Bootstrap.DynamicResources dynamic = bootstrap.getDynamicResources();
        DYNAMIC.check(where, dynamic);
        overAds(where.field("lds_config"), dynamic.hasLdsConfig(), dynamic.getLdsConfig());
        overAds(where.field("cds_config"), dynamic.hasCdsConfig(), dynamic.getCdsConfig());
        Where at = where.field("ads_config");
        ApiConfigSource source = dynamic.getAdsConfig();
        API.check(at, source);
        boolean delta = source.getApiType() == ApiConfigSource.ApiType.DELTA_GRPC;
        if (!delta && source.getApiType() != ApiConfigSource.ApiType.GRPC) {
            throw at.refuse("api_type", source.getApiType(), "GRPC or DELTA_GRPC");
        }
        if (source.getTransportApiVersion() != ApiVersion.V3) {
            throw at.refuse("transport_api_version", source.getTransportApiVersion(), "V3");
        }
        if (source.getGrpcServicesCount() != 1) {
            throw at.refuse("grpc_services", source.getGrpcServicesCount() + " services", "exactly one");
        }
        GrpcService service = source.getGrpcServices(0);
        Where serviceAt = at.item("grpc_services", 0);
        GRPC.check(serviceAt, service);
        ENVOY_GRPC.check(serviceAt.field("envoy_grpc"), service.getEnvoyGrpc());
        String name = service.getEnvoyGrpc().getClusterName();
        ClusterResource cluster = clusters.stream()
                .filter(c -> c.name().equals(name))
                .findFirst()
                .orElseThrow(() -> serviceAt.field("envoy_grpc").refuse("cluster_name", name, "a cluster of static_resources"));
        return new BootstrapResource.Ads(delta, cluster, service.getEnvoyGrpc().getAuthority(), bootstrap.getNode().toByteArray());
    }

    private static void overAds(Where where, boolean set, ConfigSource source) {
        if (!set) {
            throw where.refuse("not set (expected: ads)");
        }
        SOURCE.check(where, source);
        if (!source.hasAds()) {
            throw where.refuse("no source (expected: ads)");
        }
    }
}
