package io.weft.sidecar.xds;

import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.resource.ResourceParsers;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.SecretResource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Everything accepted from the control plane, and what of it is in force. Owned by the configuration thread.
 *
 * <p>Make before break, as Envoy does it: a new cluster is used once its endpoints and secrets are here, a new listener once its routes and secrets are and the
 * first clusters work; what does not come within the initial fetch time-out is no longer waited for. A removed resource goes at once: the server removes a
 * cluster only after routes stopped using it. Endpoints, routes and secrets that nothing refers to any more are dropped.
 *
 * <p>One response may hold good and bad resources. As in Envoy the response is then refused as a whole (that is what the protocol knows), but every good
 * resource of it is in force: a tenant's mistake does not hold up the others. Of a bad one the last good version stays.
 */
final class LiveConfig {
    private final FetchTimeout timeout;
    private final Named<SecretResource> secrets;
    private final Named<EndpointsResource> endpoints;
    private final Named<RouteConfigResource> routes;
    private final Warmed<ClusterResource> clusters;
    private final Warmed<ListenerResource> listeners;
    private final Map<ResourceKind, Extension> extensions = new EnumMap<>(ResourceKind.class);
    private boolean clustersCame;
    private boolean listenersCame;
    private boolean firstClustersWarm;
    private long firstClustersDeadline;

    LiveConfig(
            ResourceParsers parsers,
            ConfigTarget target,
            Set<String> staticSecrets,
            AdsSettings settings,
            LongSupplier nanoTime) {
        Intake intake = new Intake(parsers, staticSecrets, settings.maxResources());
        this.timeout = new FetchTimeout(settings.initialFetchTimeout(), nanoTime);
        this.secrets = new Named<>(ResourceKind.SECRET, intake, intake::secret, target::secrets);
        this.endpoints = new Named<>(ResourceKind.ENDPOINTS, intake, intake::endpoints, target::endpoints);
        this.routes = new Named<>(ResourceKind.ROUTES, intake, intake::routes, target::routes);
        this.clusters = new Warmed<>(ResourceKind.CLUSTER, intake, intake::cluster, target::clusters, timeout);
        this.listeners = new Warmed<>(ResourceKind.LISTENER, intake, intake::listener, target::listeners, timeout);
        target.extensions().forEach(kind -> extensions.put(kind, new Extension(kind, intake, target)));
    }

    /** Takes a response; returns what is wrong with it. {@link #reconcile()} must follow. */
    List<String> accept(Update update) {
        return switch (update.kind()) {
            case SECRET -> secrets.accept(update);
            case ENDPOINTS -> endpoints.accept(update);
            case ROUTES -> routes.accept(update);
            case CLUSTER -> {
                clustersCame = true;
                waitForFirstClusters();
                yield clusters.accept(update);
            }
            case LISTENER -> {
                listenersCame = true;
                waitForFirstClusters();
                yield listeners.accept(update);
            }
            case SPRING_ROUTES -> extension(update);
        };
    }

    private List<String> extension(Update update) {
        Extension extension = extensions.get(update.kind());
        return extension == null ? List.of(update.kind().typeUrl() + ": was not asked for") : extension.accept(update);
    }

    /** A server that has no clusters for us may never say so: listeners do not wait for ever. */
    private void waitForFirstClusters() {
        if (firstClustersDeadline == 0) {
            firstClustersDeadline = timeout.deadline();
        }
    }

    record Reconciled(List<String> problems, List<Subscription> subscriptions) {}

    /**
     * Puts in force what has become ready, and works out what must be asked for.
     *
     * @return news of resources that could not be put in force now, and subscriptions that changed
     */
    Reconciled reconcile() {
        List<Subscription> subscriptions = resubscribe();
        List<String> problems = new ArrayList<>(clusters.promote(this::missing));
        if (clustersCame && !clusters.warming() || firstClustersDeadline != 0 && timeout.passed(firstClustersDeadline)) {
            firstClustersWarm = true;
        }
        if (firstClustersWarm) {
            problems.addAll(listeners.promote(this::missing));
        }
        routes.dropUnwanted();
        endpoints.dropUnwanted();
        secrets.dropUnwanted();
        return new Reconciled(problems, subscriptions);
    }

    private List<Subscription> resubscribe() {
        List<Needs> all = new ArrayList<>(clusters.acceptedNeeds());
        all.addAll(listeners.acceptedNeeds());
        all.addAll(listeners.refusedNeeds());
        Set<String> wantEndpoints = new LinkedHashSet<>();
        Set<String> wantRoutes = new LinkedHashSet<>();
        Set<String> wantSecrets = new LinkedHashSet<>();
        for (Needs needs : all) {
            wantEndpoints.addAll(needs.endpoints());
            wantRoutes.addAll(needs.routes());
            wantSecrets.addAll(needs.secrets());
        }
        List<Subscription> changes = new ArrayList<>();
        secrets.want(wantSecrets).ifPresent(changes::add);
        endpoints.want(wantEndpoints).ifPresent(changes::add);
        routes.want(wantRoutes).ifPresent(changes::add);
        return changes;
    }

    private List<String> missing(Needs needs) {
        List<String> missing = new ArrayList<>(endpoints.missing(needs.endpoints()));
        missing.addAll(routes.missing(needs.routes()));
        missing.addAll(secrets.missing(needs.secrets()));
        return missing;
    }

    /** How many listeners could not be put in force: what was in their way, a port mostly, may go. */
    int refusedListeners() {
        return listeners.refused();
    }

    /** Listeners that were refused are to be put in force by the next {@link #reconcile()}, if they can be now. */
    void retryRefusedListeners() {
        listeners.retryRefused();
    }

    /** True once listeners have come and all that was to be served at first is. */
    boolean ready() {
        return listenersCame && firstClustersWarm && !listeners.warming();
    }

    boolean warming() {
        return clusters.warming() || listeners.warming();
    }

    /** For people: what is missing before this proxy is ready; empty when nothing is. */
    String waitingFor() {
        if (!clustersCame) {
            return "clusters";
        }
        if (!listenersCame) {
            return "listeners";
        }
        Set<String> missing = new LinkedHashSet<>();
        clusters.warmingNeeds().forEach(needs -> missing.addAll(missing(needs)));
        listeners.warmingNeeds().forEach(needs -> missing.addAll(missing(needs)));
        return String.join(", ", missing);
    }

    /** Names that are asked for, of every kind that is; none of one that is asked for as a whole. */
    Map<ResourceKind, Set<String>> wanted() {
        Map<ResourceKind, Set<String>> wanted = new EnumMap<>(ResourceKind.class);
        wanted.put(ResourceKind.SECRET, secrets.wanted());
        wanted.put(ResourceKind.CLUSTER, Set.of());
        wanted.put(ResourceKind.ENDPOINTS, endpoints.wanted());
        wanted.put(ResourceKind.LISTENER, Set.of());
        wanted.put(ResourceKind.ROUTES, routes.wanted());
        extensions.keySet().forEach(kind -> wanted.put(kind, Set.of()));
        return wanted;
    }

    /** Versions of all that was accepted, for a new stream. */
    Map<ResourceKind, Map<String, String>> versions() {
        Map<ResourceKind, Map<String, String>> versions = new EnumMap<>(ResourceKind.class);
        all().forEach((kind, resources) -> {
            Map<String, String> byName = new LinkedHashMap<>();
            resources.forEach(raw -> byName.put(raw.name(), raw.version()));
            versions.put(kind, byName);
        });
        return versions;
    }

    /** All that was accepted, as it came. */
    Map<ResourceKind, List<RawResource>> all() {
        Map<ResourceKind, List<RawResource>> all = new EnumMap<>(ResourceKind.class);
        all.put(ResourceKind.SECRET, secrets.raws());
        all.put(ResourceKind.CLUSTER, clusters.raws());
        all.put(ResourceKind.ENDPOINTS, endpoints.raws());
        all.put(ResourceKind.LISTENER, listeners.raws());
        all.put(ResourceKind.ROUTES, routes.raws());
        extensions.forEach((kind, extension) -> all.put(kind, extension.raws()));
        return all;
    }
}
