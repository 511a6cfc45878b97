package io.weft.sidecar.resource;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Envoy's messages → our records. Strict: whatever is set and has no meaning here is refused with a {@link ResourceException} that names resource and field,
 * so that a NACK or an error about a bootstrap file says what to change.
 */
public final class ResourceParsers {
    private final SecretParser secrets;
    private final ClusterParser clusters;
    private final ListenerParser listeners;
    private final RouteConfigParser routes;
    private final @Nullable Notices notices;

    private ResourceParsers(DataSources sources, Set<String> staticSecrets, @Nullable Notices notices) {
        this.notices = notices;
        TlsParser tls = new TlsParser(sources, staticSecrets);
        this.secrets = new SecretParser(sources);
        this.clusters = new ClusterParser(tls);
        this.listeners = new ListenerParser(sources, tls);
        this.routes = new RouteConfigParser(sources);
    }

    /**
     * For what a control plane sends: it cannot make us read or write files.
     *
     * @param staticSecrets secrets that the bootstrap file defines and that resources may name without {@code sds_config}
     */
    public static ResourceParsers ofControlPlane(Set<String> staticSecrets) {
        return new ResourceParsers(new DataSources(false), Set.copyOf(staticSecrets), null);
    }

    /** For the operator's own bootstrap file. */
    static ResourceParsers ofFile(Set<String> staticSecrets, Notices notices) {
        return new ResourceParsers(new DataSources(true), Set.copyOf(staticSecrets), notices);
    }

    private Where root(String kind, String name) {
        return Where.root(kind, name, notices);
    }

    public ClusterResource cluster(Cluster cluster) {
        return clusters.parse(root("cluster", cluster.getName()), cluster);
    }

    public ClusterResource cluster(String name, Any body) {
        return cluster(Values.unpack(root("cluster", name), body, Cluster.class));
    }

    /** Endpoints of an EDS cluster: addresses only, since nobody would resolve a name. */
    public EndpointsResource endpoints(String name, Any body) {
        ClusterLoadAssignment assignment = Values.unpack(root("endpoints", name), body, ClusterLoadAssignment.class);
        Where where = root("endpoints", assignment.getClusterName());
        EndpointsResource endpoints = EndpointsParser.parse(where, assignment);
        EndpointsParser.requireAddresses(where, endpoints);
        return endpoints;
    }

    public ListenerResource listener(Listener listener) {
        return listeners.parse(root("listener", listener.getName()), listener);
    }

    public ListenerResource listener(String name, Any body) {
        return listener(Values.unpack(root("listener", name), body, Listener.class));
    }

    public RouteConfigResource routes(String name, Any body) {
        RouteConfiguration config = Values.unpack(root("routes", name), body, RouteConfiguration.class);
        return routes.parse(root("routes", config.getName()), config);
    }

    public SecretResource secret(Secret secret) {
        return secrets.parse(root("secret", secret.getName()), secret);
    }

    public SecretResource secret(String name, Any body) {
        return secret(Values.unpack(root("secret", name), body, Secret.class));
    }
}
