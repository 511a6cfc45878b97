package io.weft.pilot.model;

import java.util.List;
import java.util.Optional;

/** A kind of object this mesh reads, with its names in the Kubernetes API. */
public enum Kind {
    GATEWAY("Gateway", "gateways", Gateway.class, "networking.istio.io", "v1", "v1beta1", "v1alpha3"),
    VIRTUAL_SERVICE("VirtualService", "virtualservices", VirtualService.class, "networking.istio.io", "v1", "v1beta1", "v1alpha3"),
    DESTINATION_RULE("DestinationRule", "destinationrules", DestinationRule.class, "networking.istio.io", "v1", "v1beta1", "v1alpha3"),
    SERVICE_ENTRY("ServiceEntry", "serviceentries", ServiceEntry.class, "networking.istio.io", "v1", "v1beta1", "v1alpha3"),
    WORKLOAD_ENTRY("WorkloadEntry", "workloadentries", WorkloadEntry.class, "networking.istio.io", "v1", "v1beta1", "v1alpha3"),
    WORKLOAD_GROUP("WorkloadGroup", "workloadgroups", WorkloadGroup.class, "networking.istio.io", "v1", "v1beta1", "v1alpha3"),
    SIDECAR("Sidecar", "sidecars", Sidecar.class, "networking.istio.io", "v1", "v1beta1", "v1alpha3"),
    PEER_AUTHENTICATION("PeerAuthentication", "peerauthentications", PeerAuthentication.class, "security.istio.io", "v1", "v1beta1"),
    AUTHORIZATION_POLICY("AuthorizationPolicy", "authorizationpolicies", AuthorizationPolicy.class, "security.istio.io", "v1", "v1beta1"),
    TELEMETRY("Telemetry", "telemetries", Telemetry.class, "telemetry.istio.io", "v1", "v1alpha1"),
    SPRING_ROUTE("SpringRoute", "springroutes", SpringRoute.class, "gateway.weft.io", "v1alpha1"),
    SERVICE("Service", "services", Service.class, "", "v1"),
    SECRET("Secret", "secrets", Secret.class, "", "v1");

    private final String kindName;
    private final String plural;
    private final Class<? extends ConfigObject> type;
    private final String group;
    private final List<String> versions;

    Kind(String kindName, String plural, Class<? extends ConfigObject> type, String group, String... versions) {
        this.kindName = kindName;
        this.plural = plural;
        this.type = type;
        this.group = group;
        this.versions = List.of(versions);
    }

    /** As written in {@code kind:}. */
    public String kindName() {
        return kindName;
    }

    /** As written in a REST path. */
    public String plural() {
        return plural;
    }

    public Class<? extends ConfigObject> type() {
        return type;
    }

    /** API group, empty for the core group. */
    public String group() {
        return group;
    }

    /** All versions that mean the same; the first is the one written. */
    public List<String> versions() {
        return versions;
    }

    /** The preferred {@code apiVersion}. */
    public String apiVersion() {
        return apiVersion(versions.get(0));
    }

    public String apiVersion(String version) {
        return group.isEmpty() ? version : group + "/" + version;
    }

    public static Optional<Kind> ofType(Class<? extends ConfigObject> type) {
        for (Kind kind : values()) {
            if (kind.type == type) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    public static Optional<Kind> ofName(String kindName) {
        for (Kind kind : values()) {
            if (kind.kindName.equals(kindName)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }

    public static Optional<Kind> ofPath(String group, String plural) {
        for (Kind kind : values()) {
            if (kind.group.equals(group) && kind.plural.equals(plural)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
