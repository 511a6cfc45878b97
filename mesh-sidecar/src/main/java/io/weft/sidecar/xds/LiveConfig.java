package io.weft.sidecar.xds;

import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.resource.ResourceParsers;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.SecretResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
    private static final Logger log = LoggerFactory.getLogger(LiveConfig.class);

    private final Intake intake;
    private final ConfigTarget target;
    private final long fetchTimeoutNanos;
    private final LongSupplier nanoTime;

    private final Map<String, Held<SecretResource>> secrets = new LinkedHashMap<>();
    private final Map<String, Held<EndpointsResource>> endpoints = new LinkedHashMap<>();
    private final Map<String, Held<RouteConfigResource>> routes = new LinkedHashMap<>();
    private final Map<ResourceKind, Map<String, Held<RawResource>>> extensions = new EnumMap<>(ResourceKind.class);
    private final Warmed<ClusterResource> clusters = new Warmed<>();
    private final Warmed<ListenerResource> listeners = new Warmed<>();
    /** Names the server said it does not have: they are not waited for. */
    private final Map<ResourceKind, Set<String>> absent = new EnumMap<>(ResourceKind.class);
    private final Map<ResourceKind, Set<String>> wanted = new EnumMap<>(ResourceKind.class);
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
        this.intake = new Intake(parsers, staticSecrets, settings.maxResources());
        this.target = target;
        this.fetchTimeoutNanos = settings.initialFetchTimeout().toNanos();
        this.nanoTime = nanoTime;
        for (ResourceKind kind : ResourceKind.values()) {
            if (!kind.extension() || target.extensions().contains(kind)) {
                absent.put(kind, new HashSet<>());
                wanted.put(kind, Set.of());
            }
        }
        target.extensions().forEach(kind -> extensions.put(kind, new LinkedHashMap<>()));
    }

    /** Takes a response; returns what is wrong with it. {@link #reconcile()} must follow. */
    List<String> accept(Update update) {
        List<String> problems = new ArrayList<>();
        switch (update.kind()) {
            case SECRET -> problems.addAll(apply(update, secrets, intake::secret, changed -> target.secrets(changed, List.of())));
            case ENDPOINTS -> problems.addAll(apply(update, endpoints, intake::endpoints, changed -> target.endpoints(changed, List.of())));
            case ROUTES -> problems.addAll(apply(update, routes, intake::routes, changed -> target.routes(changed, List.of())));
            case CLUSTER -> {
                clustersCame = true;
                waitForFirstClusters();
                problems.addAll(warm(update, clusters, intake::cluster, names -> target.clusters(List.of(), names)));
            }
            case LISTENER -> {
                listenersCame = true;
                waitForFirstClusters();
                problems.addAll(warm(update, listeners, intake::listener, names -> target.listeners(List.of(), names)));
            }
            case SPRING_ROUTES -> problems.addAll(extension(update));
        }
        return problems;
    }

    /** A server that has no clusters for us may never say so: listeners do not wait for ever. */
    private void waitForFirstClusters() {
        if (firstClustersDeadline == 0) {
            firstClustersDeadline = deadline();
        }
    }

    private interface Apply<T> {
        List<ConfigTarget.Refused> apply(Collection<T> changed);
    }

    private interface Remove {
        List<ConfigTarget.Refused> remove(Collection<String> names);
    }

    /** Endpoints, routes, secrets: in force as they come. */
    private <T> List<String> apply(Update update, Map<String, Held<T>> held, Intake.Parse<T> parse, Apply<T> apply) {
        List<String> problems = new ArrayList<>();
        Set<String> wantedNames = wanted.getOrDefault(update.kind(), Set.of());
        Map<String, Held<T>> good = intake.read(update, held.keySet(), parse, problems);
        // What was not asked for, or no longer is, may cross our unsubscription on the way: not an error, and not kept.
        good.keySet().retainAll(wantedNames);
        List<T> changed = new ArrayList<>(good.size());
        good.values().forEach(h -> changed.add(h.parsed()));
        List<ConfigTarget.Refused> refused = changed.isEmpty() ? List.of() : apply.apply(changed);
        refused.forEach(r -> {
            problems.add(text(update.kind(), r));
            good.remove(r.name());
        });
        held.putAll(good);
        absent.get(update.kind()).removeAll(good.keySet());
        for (String name : update.removed()) {
            if (wantedNames.contains(name)) {
                absent.get(update.kind()).add(name);
                removed(update.kind(), name, held);
            }
        }
        return problems;
    }

    /** The server has no such resource (any more). Endpoints go; of routes and secrets the last good ones stay, as in Envoy. */
    private void removed(ResourceKind kind, String name, Map<String, ? extends Held<?>> held) {
        if (!held.containsKey(name)) {
            return;
        }
        if (kind == ResourceKind.ENDPOINTS) {
            held.remove(name);
            report(target.endpoints(List.of(), List.of(name)));
        } else {
            log.warn("the control plane removed {} {}, which is still in use: the last good one stays", kind.label(), name);
        }
    }

    /** In force as they come, and all there are: one asks for everything, and a removed one goes. */
    private List<String> extension(Update update) {
        Map<String, Held<RawResource>> held = extensions.get(update.kind());
        if (held == null) {
            return List.of(update.kind().typeUrl() + ": was not asked for");
        }
        List<String> problems = new ArrayList<>();
        Map<String, Held<RawResource>> good = intake.read(update, held.keySet(), raw -> Intake.extension(update.kind(), raw), problems);
        Set<String> gone = new LinkedHashSet<>(update.removed());
        if (update.full()) {
            gone.addAll(held.keySet());
            update.resources().forEach(raw -> gone.remove(raw.name()));
        }
        gone.retainAll(held.keySet());
        gone.removeAll(good.keySet());
        List<RawResource> changed = new ArrayList<>(good.size());
        good.values().forEach(h -> {
            Held<RawResource> before = held.get(h.raw().name());
            if (before == null || !before.raw().body().equals(h.raw().body())) {
                changed.add(h.raw());
            }
        });
        if (!changed.isEmpty() || !gone.isEmpty()) {
            gone.forEach(held::remove);
            target.extension(update.kind(), changed, gone).forEach(refused -> {
                problems.add(text(update.kind(), refused));
                good.remove(refused.name());
            });
        }
        held.putAll(good);
        return problems;
    }

    private <T> List<String> warm(Update update, Warmed<T> kept, Intake.Parse<T> parse, Remove remove) {
        List<String> problems = new ArrayList<>();
        Map<String, Held<T>> good = intake.read(update, kept.names(), parse, problems);
        for (Map.Entry<String, Held<T>> entry : good.entrySet()) {
            kept.refused.remove(entry.getKey());
            kept.accepted.put(entry.getKey(), entry.getValue());
            Held<T> inForce = kept.active.get(entry.getKey());
            if (inForce != null && inForce.parsed().equals(entry.getValue().parsed())) {
                kept.warming.remove(entry.getKey());
            } else {
                // What is changed again while it is waited for does not wait anew: else one that changes often never comes into force.
                kept.warming.putIfAbsent(entry.getKey(), deadline());
            }
        }
        Set<String> gone = new LinkedHashSet<>(update.removed());
        if (update.full()) {
            gone.addAll(kept.names());
            update.resources().forEach(raw -> gone.remove(Intake.nameOf(update.kind(), raw)));
        }
        gone.removeAll(good.keySet());
        gone.forEach(kept.refused::remove);
        gone.retainAll(kept.accepted.keySet());
        if (!gone.isEmpty()) {
            gone.forEach(kept.accepted::remove);
            gone.forEach(kept.warming::remove);
            List<String> inForce = gone.stream().filter(name -> kept.active.remove(name) != null).toList();
            remove.remove(inForce).forEach(r -> problems.add(text(update.kind(), r)));
        }
        return problems;
    }

    /** What changed in the subscriptions of one kind. */
    record Subscription(ResourceKind kind, Set<String> added, Set<String> removed, Set<String> all) {}

    /**
     * Puts in force what has become ready, and works out what must be asked for.
     *
     * @return news of resources that could not be put in force now, and subscriptions that changed
     */
    Reconciled reconcile() {
        List<Subscription> subscriptions = resubscribe();
        List<String> problems = new ArrayList<>();
        problems.addAll(promote(clusters, ResourceKind.CLUSTER, changed -> target.clusters(changed, List.of()), true));
        if (clustersCame && clusters.warming.isEmpty() || firstClustersDeadline != 0 && passed(firstClustersDeadline)) {
            firstClustersWarm = true;
        }
        problems.addAll(promote(listeners, ResourceKind.LISTENER, changed -> target.listeners(changed, List.of()), firstClustersWarm));
        dropUnwanted();
        return new Reconciled(problems, subscriptions);
    }

    record Reconciled(List<String> problems, List<Subscription> subscriptions) {}

    private <T> List<String> promote(Warmed<T> kept, ResourceKind kind, Apply<T> apply, boolean allowed) {
        if (!allowed) {
            return List.of();
        }
        Map<String, Held<T>> ready = new LinkedHashMap<>();
        for (Map.Entry<String, Long> entry : kept.warming.entrySet()) {
            Held<T> held = kept.accepted.get(entry.getKey());
            List<String> missing = missing(held.needs());
            boolean late = passed(entry.getValue());
            if (late && !missing.isEmpty()) {
                log.warn("{} {}: used without {}, which did not come in time", kind.label(), entry.getKey(), missing);
            }
            if (missing.isEmpty() || late) {
                ready.put(entry.getKey(), held);
            }
        }
        if (ready.isEmpty()) {
            return List.of();
        }
        ready.keySet().forEach(kept.warming::remove);
        List<String> problems = new ArrayList<>();
        for (ConfigTarget.Refused refused : apply.apply(ready.values().stream().map(Held::parsed).toList())) {
            if (kept.refuse(refused, ready.remove(refused.name()))) {
                problems.add(text(kind, refused));
            }
        }
        ready.keySet().forEach(kept.refused::remove);
        kept.active.putAll(ready);
        return problems;
    }

    /** How many listeners could not be put in force: what was in their way, a port mostly, may go. */
    int refusedListeners() {
        return listeners.refused.size();
    }

    /** Listeners that were refused are to be put in force by the next {@link #reconcile()}, if they can be now. */
    void retryRefusedListeners() {
        listeners.retryRefused(deadline());
    }

    private static String text(ResourceKind kind, ConfigTarget.Refused refused) {
        return kind.label() + " " + refused.name() + ": " + refused.reason();
    }

    private List<String> missing(Needs needs) {
        List<String> missing = new ArrayList<>();
        addMissing(missing, "endpoints ", ResourceKind.ENDPOINTS, needs.endpoints(), endpoints.keySet());
        addMissing(missing, "routes ", ResourceKind.ROUTES, needs.routes(), routes.keySet());
        addMissing(missing, "secret ", ResourceKind.SECRET, needs.secrets(), secrets.keySet());
        return missing;
    }

    private void addMissing(List<String> missing, String what, ResourceKind kind, Set<String> names, Set<String> here) {
        for (String name : names) {
            if (!here.contains(name) && !absent.get(kind).contains(name)) {
                missing.add(what + name);
            }
        }
    }

    private List<Subscription> resubscribe() {
        Set<String> wantEndpoints = new LinkedHashSet<>();
        Set<String> wantRoutes = new LinkedHashSet<>();
        Set<String> wantSecrets = new LinkedHashSet<>();
        List<Needs> all = new ArrayList<>();
        clusters.accepted.values().forEach(held -> all.add(held.needs()));
        listeners.accepted.values().forEach(held -> all.add(held.needs()));
        listeners.refused.values().forEach(refusal -> all.add(refusal.held().needs()));
        for (Needs needs : all) {
            wantEndpoints.addAll(needs.endpoints());
            wantRoutes.addAll(needs.routes());
            wantSecrets.addAll(needs.secrets());
        }
        List<Subscription> changes = new ArrayList<>();
        change(changes, ResourceKind.SECRET, wantSecrets);
        change(changes, ResourceKind.ENDPOINTS, wantEndpoints);
        change(changes, ResourceKind.ROUTES, wantRoutes);
        return changes;
    }

    private void change(List<Subscription> changes, ResourceKind kind, Set<String> want) {
        Set<String> before = wanted.get(kind);
        if (before.equals(want)) {
            return;
        }
        Set<String> added = new LinkedHashSet<>(want);
        added.removeAll(before);
        Set<String> removed = new LinkedHashSet<>(before);
        removed.removeAll(want);
        wanted.put(kind, want);
        absent.get(kind).retainAll(want);
        changes.add(new Subscription(kind, added, removed, want));
    }

    private void dropUnwanted() {
        report(target.routes(List.of(), unwanted(routes, ResourceKind.ROUTES)));
        report(target.endpoints(List.of(), unwanted(endpoints, ResourceKind.ENDPOINTS)));
        report(target.secrets(List.of(), unwanted(secrets, ResourceKind.SECRET)));
    }

    private List<String> unwanted(Map<String, ? extends Held<?>> held, ResourceKind kind) {
        List<String> names = new ArrayList<>(held.keySet());
        names.removeAll(wanted.get(kind));
        names.forEach(held::remove);
        return names;
    }

    private static void report(List<ConfigTarget.Refused> refused) {
        refused.forEach(r -> log.warn("configuration: {}: {}", r.name(), r.reason()));
    }

    private long deadline() {
        return fetchTimeoutNanos == 0 ? Long.MAX_VALUE : nanoTime.getAsLong() + fetchTimeoutNanos;
    }

    private boolean passed(long deadline) {
        return deadline != Long.MAX_VALUE && nanoTime.getAsLong() - deadline >= 0;
    }

    /** True once listeners have come and all that was to be served at first is. */
    boolean ready() {
        return listenersCame && firstClustersWarm && listeners.warming.isEmpty();
    }

    boolean warming() {
        return !clusters.warming.isEmpty() || !listeners.warming.isEmpty();
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
        clusters.warming.keySet().forEach(name -> missing.addAll(missing(clusters.accepted.get(name).needs())));
        listeners.warming.keySet().forEach(name -> missing.addAll(missing(listeners.accepted.get(name).needs())));
        return String.join(", ", missing);
    }

    Map<ResourceKind, Set<String>> wanted() {
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
        all.put(ResourceKind.SECRET, raws(secrets));
        all.put(ResourceKind.CLUSTER, raws(clusters.accepted));
        all.put(ResourceKind.ENDPOINTS, raws(endpoints));
        all.put(ResourceKind.LISTENER, raws(listeners.accepted));
        all.put(ResourceKind.ROUTES, raws(routes));
        extensions.forEach((kind, held) -> all.put(kind, raws(held)));
        return all;
    }

    private static List<RawResource> raws(Map<String, ? extends Held<?>> held) {
        List<RawResource> raws = new ArrayList<>(held.size());
        held.values().forEach(h -> raws.add(h.raw()));
        return raws;
    }
}
