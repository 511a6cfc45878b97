package io.weft.sidecar.xds;

import java.util.Locale;
import java.util.Optional;

/**
 * The xDS resource types a proxy of ours asks for, in the order in which a change must be made so that nothing points at something that is not there yet
 * (the xDS protocol's "make before break": CDS, EDS, LDS, RDS; secrets before all that uses them). An extension is only asked for by who takes it
 * ({@link ConfigTarget#extensions}).
 */
public enum ResourceKind {
    SECRET("envoy.extensions.transport_sockets.tls.v3.Secret", false),
    CLUSTER("envoy.config.cluster.v3.Cluster", true),
    ENDPOINTS("envoy.config.endpoint.v3.ClusterLoadAssignment", false),
    LISTENER("envoy.config.listener.v3.Listener", true),
    ROUTES("envoy.config.route.v3.RouteConfiguration", false),
    /** Spring Cloud Gateway's routes (docs/contracts.md, "SpringRoute"): an extension. */
    SPRING_ROUTES("weft.gateway.v1alpha1.SpringRoute", true);

    /** Type of a request that says how the application behind this proxy is; not a resource (docs/contracts.md, "Health"). */
    public static final String HEALTH_TYPE_URL = "type.googleapis.com/istio.v1.HealthInformation";

    private static final String PREFIX = "type.googleapis.com/";

    private final String typeUrl;
    private final boolean wildcard;

    ResourceKind(String messageName, boolean wildcard) {
        this.typeUrl = PREFIX + messageName;
        this.wildcard = wildcard;
    }

    /** For messages. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The type URL on the wire. */
    public String typeUrl() {
        return typeUrl;
    }

    /** True when one asks for everything the server has for this proxy; false when one asks by name. */
    public boolean wildcard() {
        return wildcard;
    }

    /** True for what only some proxies take. */
    public boolean extension() {
        return this == SPRING_ROUTES;
    }

    /** The kind with that type URL, empty when it is none of ours. */
    public static Optional<ResourceKind> ofTypeUrl(String typeUrl) {
        for (ResourceKind kind : values()) {
            if (kind.typeUrl.equals(typeUrl)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
