package io.weft.pilot.source.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.weft.pilot.disk.AtomicFiles;
import io.weft.pilot.model.Kind;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.cluster.Cluster;
import io.weft.pilot.model.cluster.EndpointSlice;
import io.weft.pilot.model.cluster.ResourceName;
import io.weft.pilot.source.Admission;
import io.weft.pilot.source.ConfigPlace;
import io.weft.pilot.source.ConfigStore;
import io.weft.pilot.source.Ledger;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kubernetes API server as configuration and registry. Until everything has been listed once it has nothing to say, so that no proxy is told that something
 * is gone which only has not been read yet; from then on what was seen counts until the server says otherwise.
 */
public final class KubernetesPlace implements ConfigPlace {

    private static final Logger log = LoggerFactory.getLogger(KubernetesPlace.class);

    private static final int RECONNECT_MILLIS = 500;
    private static final int REQUEST_MILLIS = 10_000;
    private static final long KEEP_MILLIS = 1000;
    /** How long Secrets that the server does not give keep a start waiting. */
    private static final long SECRETS_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Server server;
    private final String rootNamespace;
    private final ScheduledExecutorService executor;
    private final Runnable changed;
    private final Namespaces namespaces;
    private final KubernetesStore store;
    private final ClusterObjects cluster;
    private final List<ResourceWatch> watches = new ArrayList<>();
    private final Map<String, ResourceWatch> secrets = new ConcurrentHashMap<>();
    /** Whether pods, slices or nodes differ from what {@link #changed} was told last. */
    private final AtomicBoolean clusterChanged = new AtomicBoolean();
    private final Set<String> told = new HashSet<>();
    private final AtomicBoolean publishing = new AtomicBoolean();
    private final AtomicBoolean keeping = new AtomicBoolean();
    private final SignOfLife life;
    /** Held while the client is another one's: at the end none is left open. */
    private final Object connecting = new Object();
    /** Of the executor only. */
    private @Nullable Long secretsAwaitedSince;

    private volatile KubernetesClient client;
    private volatile boolean complete;
    private volatile boolean closed;

    /**
     * Where the server is.
     *
     * @param kubeconfig null: as every client finds it
     * @param discoverySelector labels of the namespaces that belong to the mesh, {@code label=value,…}; empty: all do
     * @param patience how often it is asked for a sign of life, and how long that may take before it is connected to anew
     */
    public record Server(@Nullable Path kubeconfig, String discoverySelector, Duration patience) {}

    private KubernetesPlace(
            Server server,
            KubernetesClient client,
            Namespaces namespaces,
            Path state,
            String rootNamespace,
            Admission admission,
            ScheduledExecutorService executor,
            Runnable changed)
            throws IOException {
        this.server = server;
        this.client = client;
        this.life = new SignOfLife(() -> this.client, server.patience(), executor, this::reconnect);
        this.namespaces = namespaces;
        this.rootNamespace = rootNamespace;
        this.executor = executor;
        this.changed = changed;
        this.cluster = new ClusterObjects(namespaces::includes);
        this.store = new KubernetesStore(
                new Ledger(state.resolve("accepted-kubernetes.jsonl")), admission, namespaces::includes, client.getMasterUrl().toString());
    }

    /**
     * Makes a client of the server; it need not be there yet.
     *
     * @param state {@code weft.pilot.dir}
     * @param executor one thread, for what follows from a change
     * @param changed called after every change, on that thread, for the first time when everything has been read
     */
    public static KubernetesPlace open(
            Server server, Path state, String rootNamespace, Admission admission, ScheduledExecutorService executor, Runnable changed)
            throws IOException {
        AtomicFiles.createPrivateFolder(state);
        Namespaces namespaces = new Namespaces(Namespaces.selector(server.discoverySelector()), rootNamespace);
        KubernetesClient client = client(server.kubeconfig());
        try {
            return new KubernetesPlace(server, client, namespaces, state, rootNamespace, admission, executor, changed);
        } catch (IOException | RuntimeException failed) {
            client.close();
            throw failed;
        }
    }

    private static KubernetesClient client(@Nullable Path kubeconfig) {
        Config found = kubeconfig == null ? Config.autoConfigure(null) : Config.fromKubeconfig(kubeconfig.toFile());
        Config config = new ConfigBuilder(found)
                // Watches are requests of one HTTP/2 connection then, not a WebSocket each.
                .withOnlyHttpWatches(true)
                .withWatchReconnectInterval(RECONNECT_MILLIS)
                .withRequestTimeout(REQUEST_MILLIS)
                // What has failed is listed again anyway, and told at once.
                .withRequestRetryBackoffLimit(0)
                .withUserAgent("mesh-pilot")
                .build();
        return new KubernetesClientBuilder()
                .withConfig(config)
                .withHttpClientFactory(new JdkHttpClientFactory())
                .build();
    }

    @Override
    public boolean isComplete() {
        return complete;
    }

    @Override
    public void start() {
        log.info("Reading configuration and registry from the Kubernetes API server {}", client.getMasterUrl());
        for (WatchedResource resource : WatchedResource.values()) {
            if (resource.scope() == WatchedResource.Scope.CLUSTER && (resource != WatchedResource.NAMESPACES || namespaces.isSelective())) {
                watches.add(watch(resource, null));
            }
        }
        watches.forEach(watch -> watch.connect(client));
        life.start();
    }

    /** Leaves every connection that may be dead; what was seen through it counts on. */
    private void reconnect() {
        synchronized (connecting) {
            if (closed) {
                return;
            }
            KubernetesClient before = client;
            client = client(server.kubeconfig());
            watches.forEach(watch -> watch.connect(client));
            secrets.values().forEach(watch -> watch.connect(client));
            before.close();
        }
    }

    private ResourceWatch watch(WatchedResource resource, @Nullable ResourceName only) {
        return new ResourceWatch(resource, only, object -> there(resource, object), object -> gone(resource, object), this::looked);
    }

    private void looked() {
        tellTrouble();
        publishSoon();
    }

    /** One server's absence is one line, not one for each watch. */
    private synchronized void tellTrouble() {
        Map<String, String> trouble = trouble();
        trouble.forEach((watch, text) -> {
            if (!closed && told.add(text)) {
                log.warn("{} cannot be watched: {}; what is in force stays, and it is tried again", watch, text);
            }
        });
        if (told.retainAll(trouble.values()) && told.isEmpty()) {
            log.info("Everything is watched again");
        }
    }

    private void there(WatchedResource resource, GenericKubernetesResource object) {
        switch (resource) {
            case PODS -> clusterChanged(cluster.put(ClusterReader.pod(object)));
            case NODES -> clusterChanged(cluster.put(ClusterReader.node(object)));
            case ENDPOINT_SLICES -> clusterChanged(slice(object));
            case NAMESPACES -> {
                namespaces.put(object.getMetadata().getName(), ClusterReader.labels(object));
                cluster.namespacesChanged();
                clusterChanged(true);
            }
            default -> {
                store.put(ObjectReader.read(kind(resource), object));
                publishSoon();
            }
        }
    }

    private void clusterChanged(boolean different) {
        if (different) {
            clusterChanged.set(true);
            publishSoon();
        }
    }

    private boolean slice(GenericKubernetesResource object) {
        EndpointSlice slice = ClusterReader.slice(object);
        return slice == null ? cluster.removeSlice(ClusterReader.name(object)) : cluster.put(slice);
    }

    private void gone(WatchedResource resource, GenericKubernetesResource object) {
        ResourceName name = ClusterReader.name(object);
        switch (resource) {
            case PODS -> clusterChanged(cluster.removePod(name));
            case NODES -> clusterChanged(cluster.removeNode(name));
            case ENDPOINT_SLICES -> clusterChanged(cluster.removeSlice(name));
            case NAMESPACES -> {
                namespaces.remove(name.name());
                cluster.namespacesChanged();
                clusterChanged(true);
            }
            default -> {
                store.remove(ObjectReader.key(kind(resource), object));
                publishSoon();
            }
        }
    }

    private static Kind kind(WatchedResource resource) {
        return resource.kind().orElseThrow(() -> new IllegalStateException("no configuration: " + resource));
    }

    /** Calls in between are one. */
    private void publishSoon() {
        if (!closed && !executor.isShutdown() && publishing.compareAndSet(false, true)) {
            executor.execute(this::publish);
        }
    }

    private void publish() {
        publishing.set(false);
        try {
            if (closed || !watches.stream().allMatch(ResourceWatch::isComplete)) {
                return;
            }
            boolean different = store.publish();
            followSecrets();
            if (!complete) {
                if (areSecretsAwaited()) {
                    return;
                }
                log.info("Everything has been read from {}", client.getMasterUrl());
                complete = true;
                different = true;
            }
            if (different | clusterChanged.getAndSet(false)) {
                keepSoon();
                changed.run();
            }
        } catch (RuntimeException broken) {
            // Nobody waits for this task's outcome: unsaid here, the mesh would just stand still.
            log.error("The API server's objects could not be put into force; those before stay", broken);
        }
    }

    /**
     * A Secret that is not given now is waited for: without it its gateways would lose a certificate that they have. But one that cannot be read costs one
     * listener, waiting for it on and on would cost them all.
     */
    private boolean areSecretsAwaited() {
        if (secretsAwaitedSince == null) {
            secretsAwaitedSince = System.nanoTime();
        }
        boolean patient = System.nanoTime() - secretsAwaitedSince < SECRETS_NANOS;
        return !secrets.values().stream()
                .allMatch(secret -> secret.isComplete() || secret.isDenied() || !patient && secret.trouble().isPresent());
    }

    /** Each Secret is watched by its name: what no Gateway names is never read. */
    private void followSecrets() {
        Set<String> named = GatewaySecretNames.of(store.current());
        boolean fewer = secrets.entrySet().removeIf(entry -> {
            if (named.contains(entry.getKey())) {
                return false;
            }
            entry.getValue().close();
            store.remove(new ObjectKey(Kind.SECRET, rootNamespace, entry.getKey()));
            return true;
        });
        if (fewer) {
            publishSoon();
        }
        for (String name : named) {
            secrets.computeIfAbsent(name, added -> watch(WatchedResource.SECRETS, new ResourceName(rootNamespace, added)).connect(client));
        }
    }

    private void keepSoon() {
        if (keeping.compareAndSet(false, true)) {
            executor.schedule(
                    () -> {
                        keeping.set(false);
                        store.keep();
                    },
                    KEEP_MILLIS,
                    TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public ConfigStore store() {
        return store;
    }

    @Override
    public void recheck() {
        if (store.isWaiting()) {
            publishSoon();
        }
    }

    @Override
    public Cluster cluster() {
        return cluster.current();
    }

    @Override
    public boolean inCluster() {
        return true;
    }

    @Override
    public Map<String, Object> details() {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("apiServer", client.getMasterUrl().toString());
        if (!complete) {
            details.put("awaited", watches.stream().filter(watch -> !watch.isComplete()).map(watch -> watch.resource().toString()).toList());
        }
        Map<String, String> trouble = trouble();
        life.trouble().ifPresent(text -> trouble.put("/version", text));
        if (!trouble.isEmpty()) {
            details.put("trouble", trouble);
        }
        return details;
    }

    private Map<String, String> trouble() {
        Map<String, String> trouble = new LinkedHashMap<>();
        watches.forEach(watch -> watch.trouble().ifPresent(text -> trouble.put(watch.resource().toString(), text)));
        secrets.forEach((name, watch) -> watch.trouble().ifPresent(text -> trouble.put(watch.resource() + "/" + name, text)));
        return trouble;
    }

    @Override
    public void close() {
        synchronized (connecting) {
            closed = true;
            life.stop();
            watches.forEach(ResourceWatch::close);
            secrets.values().forEach(ResourceWatch::close);
            client.close();
        }
        store.keep();
    }
}
