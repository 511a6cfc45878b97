package io.weft.pilot.generate;

import org.jspecify.annotations.Nullable;

/**
 * The xDS resource types that mesh-pilot serves, in the order in which additions must reach a proxy (the xDS protocol page of Envoy,
 * "Eventual consistency considerations"); secrets come first because listeners and clusters wait for them.
 */
public enum ResourceType {
    SECRET("sds", "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret", false),
    CLUSTER("cds", "type.googleapis.com/envoy.config.cluster.v3.Cluster", true),
    ENDPOINT("eds", "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment", false),
    LISTENER("lds", "type.googleapis.com/envoy.config.listener.v3.Listener", true),
    ROUTE("rds", "type.googleapis.com/envoy.config.route.v3.RouteConfiguration", false),
    /** Ours: only to proxies that know the extension. */
    SPRING_ROUTE("srds", "type.googleapis.com/weft.gateway.v1alpha1.SpringRoute", true);

    private final String shortName;
    private final String typeUrl;
    private final boolean fullState;

    ResourceType(String shortName, String typeUrl, boolean fullState) {
        this.shortName = shortName;
        this.typeUrl = typeUrl;
        this.fullState = fullState;
    }

    /** {@code cds}, {@code eds}, …: as metrics and people call it. */
    public String shortName() {
        return shortName;
    }

    public String typeUrl() {
        return typeUrl;
    }

    /** Whether a state-of-the-world response means "these and no others", and a wildcard subscription exists. */
    public boolean fullState() {
        return fullState;
    }

    /** The type with this URL, or null when mesh-pilot does not serve it. */
    public static @Nullable ResourceType ofTypeUrl(String typeUrl) {
        for (ResourceType type : values()) {
            if (type.typeUrl.equals(typeUrl)) {
                return type;
            }
        }
        return null;
    }
}
