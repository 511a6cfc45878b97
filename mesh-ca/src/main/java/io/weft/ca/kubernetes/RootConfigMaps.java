package io.weft.ca.kubernetes;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The root certificate, where every pod can mount it: ConfigMap {@code istio-ca-root-cert}, key {@code root-cert.pem}, in every
 * namespace. It is put back when somebody changes or deletes it; other keys in it are left alone. Several replicas write the same.
 */
public final class RootConfigMaps implements AutoCloseable {

    static final String NAME = "istio-ca-root-cert";
    static final String KEY = "root-cert.pem";

    private static final Logger log = LoggerFactory.getLogger(RootConfigMaps.class);
    private static final Map<String, String> LABELS = Map.of("istio.io/config", "true");
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int TOO_MANY = 429;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    /** Between two corrections: somebody else may want something else there, for one another mesh. */
    private static final long REST_SECONDS = 1;

    private final KubernetesClient client;
    private final Supplier<@Nullable String> root;
    private final Duration resync;
    private final ScheduledExecutorService worker;
    private final SharedIndexInformer<Namespace> namespaces;
    private final SharedIndexInformer<ConfigMap> configMaps;
    /** Namespaces that somebody has to look at; each stands in line once. */
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    // Of the worker only.
    private final Map<String, String> said = new HashMap<>();
    private Duration pause = FIRST_PAUSE;
    private boolean retrying;

    /**
     * Starts looking, also while the API server is away.
     *
     * @param root the trust anchor in force, PEM; null: ours is not the mesh's any more
     * @param resync how often every namespace is looked at, whatever was reported
     */
    public RootConfigMaps(KubernetesClient client, Supplier<@Nullable String> root, Duration resync) {
        this.client = client;
        this.root = root;
        this.resync = resync;
        this.worker = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "mesh-ca-roots");
            thread.setDaemon(true);
            return thread;
        });
        this.namespaces = client.namespaces().runnableInformer(0);
        // By name, so that the rights to read may end with this name.
        this.configMaps = client.configMaps().inAnyNamespace().withField("metadata.name", NAME).runnableInformer(0);
        namespaces.addEventHandler(new Look<>(namespace -> namespace.getMetadata().getName()));
        configMaps.addEventHandler(new Look<>(map -> map.getMetadata().getNamespace()));
        namespaces.exceptionHandler((started, problem) -> true);
        configMaps.exceptionHandler((started, problem) -> true);
        // Namespaces last: what is there already is known when the first of them is looked at.
        configMaps.start().whenComplete((done, problem) -> namespaces.start());
        worker.scheduleWithFixedDelay(this::lookEverywhere, resync.toMillis(), resync.toMillis(), TimeUnit.MILLISECONDS);
    }

    private final class Look<T extends HasMetadata> implements ResourceEventHandler<T> {

        private final Function<T, String> namespace;

        Look(Function<T, String> namespace) {
            this.namespace = namespace;
        }

        @Override
        public void onAdd(T added) {
            look(namespace.apply(added), 0);
        }

        @Override
        public void onUpdate(T before, T now) {
            look(namespace.apply(now), 0);
        }

        @Override
        public void onDelete(T gone, boolean unknown) {
            look(namespace.apply(gone), 0);
        }
    }

    /** By what is there, not by what was reported: a lost report costs no more than one round. */
    private void lookEverywhere() {
        retrying = false;
        try {
            Map<String, ConfigMap> there = new HashMap<>();
            client.configMaps().inAnyNamespace().withField("metadata.name", NAME).list().getItems()
                    .forEach(map -> there.put(map.getMetadata().getNamespace(), map));
            boolean all = true;
            for (Namespace namespace : client.namespaces().list().getItems()) {
                all &= keep(namespace, there.get(namespace.getMetadata().getName()));
            }
            if (all) {
                said.clear();
                pause = FIRST_PAUSE;
            }
        } catch (KubernetesClientException e) {
            failed("every namespace", ApiServer.trouble(e));
        } catch (RuntimeException e) {
            // Must not end the schedule.
            log.error("{} could not be kept in every namespace", NAME, e);
        }
    }

    private void look(String namespace, long inSeconds) {
        if (waiting.add(namespace)) {
            later(() -> keep(namespace), Duration.ofSeconds(inSeconds));
        }
    }

    private void later(Runnable work, Duration delay) {
        try {
            worker.schedule(work, delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            log.debug("ConfigMaps are not looked at any more");
        }
    }

    private void keep(String name) {
        waiting.remove(name);
        try {
            Namespace namespace = namespaces.getStore().getByKey(name);
            if (configMaps.hasSynced() && namespace != null) {
                keep(namespace, configMaps.getStore().getByKey(name + "/" + NAME));
            }
        } catch (KubernetesClientException e) {
            failed(name, ApiServer.trouble(e));
        } catch (RuntimeException e) {
            log.error("{} could not be kept in namespace {}", NAME, name, e);
            failed(name, e.toString());
        }
    }

    /**
     * False: this one could not be written.
     *
     * @throws KubernetesClientException if the API server is not there, for the others neither
     */
    private boolean keep(Namespace namespace, @Nullable ConfigMap known) {
        String name = namespace.getMetadata().getName();
        if (namespace.getMetadata().getDeletionTimestamp() != null) {
            return true;
        }
        try {
            keep(name, known);
            said.remove(name);
            return true;
        } catch (KubernetesClientException e) {
            if (e.getCode() < 400 || e.getCode() == TOO_MANY || e.getCode() >= 500) {
                throw e;
            }
            failed(name, ApiServer.trouble(e));
            return false;
        }
    }

    /** Said once; tried again everywhere, after a pause that grows, so that an API server that comes back is not met by a crowd. */
    private void failed(String where, String why) {
        if (worker.isShutdown()) {
            return;
        }
        if (!why.equals(said.put(where, why))) {
            log.warn("ConfigMap {} in {} cannot be written, trying again: {}", NAME, where, why);
        }
        if (!retrying) {
            retrying = true;
            later(this::lookEverywhere, pause);
            pause = pause.multipliedBy(2).compareTo(resync) < 0 ? pause.multipliedBy(2) : resync;
        }
    }

    private void keep(String namespace, @Nullable ConfigMap known) {
        String pem = root.get();
        if (pem == null) {
            return;
        }
        if (known == null) {
            create(namespace, pem);
        } else if (known.getData() == null || !pem.equals(known.getData().get(KEY))) {
            log.warn("ConfigMap {}/{} holds another root certificate: putting ours back", namespace, NAME);
            patch(namespace, pem);
        }
    }

    private void create(String namespace, String pem) {
        ConfigMap map = new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(NAME)
                .withLabels(LABELS)
                .endMetadata()
                .withData(Map.of(KEY, pem))
                .build();
        try {
            client.configMaps().inNamespace(namespace).resource(map).create();
            log.info("the root certificate is in ConfigMap {}/{}", namespace, NAME);
        } catch (KubernetesClientException e) {
            if (e.getCode() == CONFLICT) {
                // Another replica's, or one that has not been reported to us yet.
                patch(namespace, pem);
            } else if (e.getCode() != NOT_FOUND) {
                throw e;
            }
        }
    }

    private void patch(String namespace, String pem) {
        ConfigMap change = new ConfigMapBuilder().withData(Map.of(KEY, pem)).build();
        client.configMaps()
                .inNamespace(namespace)
                .withName(NAME)
                .patch(PatchContext.of(PatchType.JSON_MERGE), change);
        look(namespace, REST_SECONDS);
    }

    @Override
    public void close() {
        worker.shutdownNow();
        namespaces.stop();
        configMaps.stop();
    }
}
