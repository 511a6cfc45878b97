package io.weft.pilot.source.kubernetes;

import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.weft.pilot.model.Kind;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What mesh-pilot reads from the API server, all of it: the shipped roles allow these and nothing else. */
public enum WatchedResource {
    GATEWAYS(Kind.GATEWAY, Scope.CLUSTER),
    VIRTUAL_SERVICES(Kind.VIRTUAL_SERVICE, Scope.CLUSTER),
    DESTINATION_RULES(Kind.DESTINATION_RULE, Scope.CLUSTER),
    SERVICE_ENTRIES(Kind.SERVICE_ENTRY, Scope.CLUSTER),
    WORKLOAD_ENTRIES(Kind.WORKLOAD_ENTRY, Scope.CLUSTER),
    WORKLOAD_GROUPS(Kind.WORKLOAD_GROUP, Scope.CLUSTER),
    SIDECARS(Kind.SIDECAR, Scope.CLUSTER),
    PEER_AUTHENTICATIONS(Kind.PEER_AUTHENTICATION, Scope.CLUSTER),
    AUTHORIZATION_POLICIES(Kind.AUTHORIZATION_POLICY, Scope.CLUSTER),
    TELEMETRIES(Kind.TELEMETRY, Scope.CLUSTER),
    SPRING_ROUTES(Kind.SPRING_ROUTE, Scope.CLUSTER),
    SERVICES(Kind.SERVICE, Scope.CLUSTER),
    ENDPOINT_SLICES("discovery.k8s.io", "v1", "endpointslices", "EndpointSlice", true),
    PODS("", "v1", "pods", "Pod", true),
    NAMESPACES("", "v1", "namespaces", "Namespace", false),
    NODES("", "v1", "nodes", "Node", false),
    /** Those that Gateways name, each by its name, in the root namespace. */
    SECRETS(Kind.SECRET, Scope.ROOT_NAMESPACE);

    /** Informers list and watch; nothing is fetched one by one, and nothing is written. */
    private static final Set<String> VERBS = Set.of("list", "watch");

    private final @Nullable Kind kind;
    private final Scope scope;
    private final String group;
    private final String version;
    private final String plural;
    private final String kindName;
    private final boolean namespaced;

    WatchedResource(Kind kind, Scope scope) {
        this.kind = kind;
        this.scope = scope;
        this.group = kind.group();
        this.version = kind.versions().get(0);
        this.plural = kind.plural();
        this.kindName = kind.kindName();
        this.namespaced = true;
    }

    WatchedResource(String group, String version, String plural, String kindName, boolean namespaced) {
        this.kind = null;
        this.scope = Scope.CLUSTER;
        this.group = group;
        this.version = version;
        this.plural = plural;
        this.kindName = kindName;
        this.namespaced = namespaced;
    }

    /** What a role has to reach. */
    public enum Scope {
        /** All namespaces: a ClusterRole. */
        CLUSTER,
        /** The root namespace: a Role there. */
        ROOT_NAMESPACE
    }

    /** The kind of configuration it is; empty for what describes the cluster. */
    public Optional<Kind> kind() {
        return Optional.ofNullable(kind);
    }

    public Scope scope() {
        return scope;
    }

    /** API group, empty for the core group. */
    public String group() {
        return group;
    }

    public String version() {
        return version;
    }

    public String plural() {
        return plural;
    }

    /** Kubernetes' names of what is done with it. */
    public Set<String> verbs() {
        return VERBS;
    }

    /** Whether a server may not have it: a custom resource whose definition nobody has applied. */
    boolean optional() {
        return kind != null && !kind.group().isEmpty();
    }

    ResourceDefinitionContext context() {
        return new ResourceDefinitionContext.Builder()
                .withGroup(group)
                .withVersion(version)
                .withPlural(plural)
                .withKind(kindName)
                .withNamespaced(namespaced)
                .build();
    }

    static List<WatchedResource> where(Predicate<WatchedResource> condition) {
        return Arrays.stream(values()).filter(condition).toList();
    }

    @Override
    public String toString() {
        return group.isEmpty() ? plural : plural + "." + group;
    }
}
