package io.weft.sidecar.bootstrap;

import io.weft.sidecar.admin.AdminServer;
import io.weft.sidecar.admin.AdminView;
import io.weft.sidecar.cluster.ClusterView;
import io.weft.sidecar.cluster.health.HealthChecker;
import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.Svid;
import io.weft.sidecar.identity.WorkloadIdentity;
import io.weft.sidecar.listener.Engine;
import io.weft.sidecar.listener.EngineOptions;
import io.weft.sidecar.listener.MeshEngine;
import io.weft.sidecar.listener.TcpListenerBinder;
import io.weft.sidecar.observe.accesslog.AccessLogs;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.tls.TlsContexts;
import io.weft.sidecar.xds.AdsClient;
import io.weft.sidecar.xds.RawResource;
import io.weft.sidecar.xds.ResourceKind;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of one running sidecar, what they say about it, and the order in which they stop. */
final class RunningSidecar implements AdminView, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RunningSidecar.class);

    /** Half of the usual descriptor limit of 20,000 and more; below that the engine's own accept errors show it. */
    private static final int MAX_CONNECTIONS = 8192;
    private static final Duration CLOSE_GRACE = Duration.ofSeconds(2);
    private static final int LOOK_MILLIS = 50;
    private static final int SHARED_QUIET = 5;
    /** How long nobody must be there before the rest of the drain time is not waited for: longer than a change of endpoints takes to reach every caller. */
    private static final Duration QUIET = Duration.ofSeconds(1);

    final SharedResources resources;
    final EngineMetrics metrics = new EngineMetrics();
    final AccessLogs accessLogs = new AccessLogs(metrics);
    final Map<String, Integer> ports = new LinkedHashMap<>();
    final Map<String, String> info = new LinkedHashMap<>();
    final Engine engine;

    private final boolean ownResources;
    private final Duration drainTime;
    private final @Nullable TlsContexts tls;
    private final CountDownLatch stopped = new CountDownLatch(1);

    private @Nullable WorkloadIdentity identity;
    private @Nullable CertificateFiles certificateFiles;
    private IdentitySource.@Nullable Subscription identitySubscription;
    private @Nullable AdsClient ads;
    private @Nullable AdminServer admin;
    private final List<AdminServer> openPages = new ArrayList<>();
    private @Nullable HealthChecker health;
    private Supplier<Map<ResourceKind, List<RawResource>>> statics = Map::of;
    private volatile boolean started;
    private volatile boolean draining;

    RunningSidecar(
            SharedResources resources,
            boolean ownResources,
            Duration drainTime,
            @Nullable IdentitySource identity,
            boolean accessLog) {
        this.resources = resources;
        this.ownResources = ownResources;
        this.drainTime = drainTime;
        this.tls = identity == null ? null : new TlsContexts(identity);
        this.engine = new MeshEngine(new EngineOptions(
                resources.loops(),
                tls,
                metrics,
                accessLog ? List.of(accessLogs.standardOutput()) : List.of(),
                accessLogs::open,
                new TcpListenerBinder(resources.loops()),
                new TcpProxies(metrics),
                MAX_CONNECTIONS));
    }

    void identity(WorkloadIdentity workload) {
        identity = workload;
    }

    /** For others: who reads them waits for the first ones, so that it is not ready without. */
    void certificateFiles(CertificateFiles files) {
        certificateFiles = files;
    }

    void ads(AdsClient client) {
        ads = client;
        client.onReady(this::lookAtHealth);
        if (identity != null) {
            // The first certificate must not wait for the end of a back-off.
            identitySubscription = identity.subscribe(svid -> {
                client.retryNow();
                lookAtHealth();
            });
        }
    }

    private void lookAtHealth() {
        if (health != null) {
            health.lookAgain();
        }
    }

    /** Starts checking; clusters whose name starts with {@code appPrefix} are the application's. */
    HealthChecker health(@Nullable String appPrefix) {
        HealthChecker checker = new HealthChecker(engine::clusters, appPrefix, resources.loops());
        health = checker;
        return checker;
    }

    void statics(Supplier<Map<ResourceKind, List<RawResource>>> resourcesOfFile) {
        statics = resourcesOfFile;
    }

    /** Binds the admin endpoints; a remembered port that is taken is replaced by a free one. */
    int startAdmin(String host, int port) {
        admin = AdminServer.start(host, port, resources.loops(), resources.control(), this);
        int bound = admin.address().getPort();
        ports.put("admin", bound);
        return bound;
    }

    /** Binds some of the pages for others than this machine. */
    int startPages(String name, String host, int port, Set<String> paths) {
        AdminServer server = AdminServer.start(host, port, paths, resources.loops(), resources.control(), this);
        openPages.add(server);
        int bound = server.address().getPort();
        ports.put(name, bound);
        return bound;
    }

    void started() {
        started = true;
        lookAtHealth();
    }

    @Override
    public String notReady() {
        if (!started) {
            return "its own start";
        }
        if (identity != null) {
            Svid svid = identity.current();
            if (svid == null || !svid.validAt(Instant.now())) {
                return "its certificate (" + identity.trouble() + ")";
            }
        }
        if (certificateFiles != null && !certificateFiles.areThere()) {
            return "its certificate files (" + certificateFiles.trouble() + ")";
        }
        if (ads == null) {
            return "";
        }
        AdsClient.State state = ads.state();
        return state.ready() ? "" : state.waitingFor().isEmpty() ? "configuration" : state.waitingFor();
    }

    @Override
    public boolean draining() {
        return draining;
    }

    @Override
    public List<ClusterView> clusters() {
        return engine.clusters();
    }

    @Override
    public Map<String, InetSocketAddress> listeners() {
        return engine.listeners();
    }

    @Override
    public Map<ResourceKind, List<RawResource>> staticResources() {
        return statics.get();
    }

    @Override
    public Map<ResourceKind, List<RawResource>> dynamicResources() {
        return ads == null ? Map.of() : ads.state().resources();
    }

    @Override
    public EngineMetrics metrics() {
        return metrics;
    }

    @Override
    public Map<String, String> info() {
        Map<String, String> all = new LinkedHashMap<>(info);
        ports.forEach((name, port) -> all.put("port." + name, Integer.toString(port)));
        if (identity != null) {
            Svid svid = identity.current();
            all.put("identity", identity.id().uri());
            all.put("certificate", svid == null ? "none" : "valid until " + svid.notAfter());
        }
        if (certificateFiles != null) {
            String trouble = certificateFiles.trouble();
            all.put("certificate_files", trouble == null ? "written" : trouble);
        }
        if (ads != null) {
            all.put("control_plane", ads.state().connected() ? "connected" : "away: " + ads.connection());
            all.put("configuration", ads.state().cached() ? "of the last run, from disk" : "live");
        }
        return all;
    }

    void awaitStop() throws InterruptedException {
        stopped.await();
    }

    /**
     * Lame duck, then the end: not ready; out of rotation; every response says close for the drain time, while configuration still comes, as requests do; what is
     * idle is closed, what is open gets a grace, the rest goes.
     */
    @Override
    public synchronized void close() {
        if (stopped.getCount() == 0) {
            return;
        }
        draining = true;
        engine.startDraining();
        if (health != null) {
            // Pilot takes this workload out of rotation now, so that callers stop coming while it drains.
            health.leave("draining");
        }
        awaitDrained();
        if (ads != null) {
            ads.close();
        }
        engine.shutdown(CLOSE_GRACE);
        if (identitySubscription != null) {
            identitySubscription.close();
        }
        if (admin != null) {
            admin.close();
        }
        openPages.forEach(AdminServer::close);
        if (certificateFiles != null) {
            certificateFiles.close();
        }
        if (identity != null) {
            identity.close();
        }
        if (tls != null) {
            tls.close();
        }
        accessLogs.close();
        if (ownResources) {
            resources.close();
            resources.loops().disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block(Duration.ofSeconds(5));
        }
        stopped.countDown();
    }

    /**
     * Waits the drain time; no longer than needed when nobody is there, or comes, who would have to be told by an answer. Sidecars of one JVM stop together
     * with their callers: there it is enough that nobody is being served.
     */
    private void awaitDrained() {
        long end = System.nanoTime() + drainTime.toNanos();
        int needed = ownResources ? (int) (QUIET.toMillis() / LOOK_MILLIS) : SHARED_QUIET;
        // Where no control plane tells callers, who has been gone for as long as the drain time lasts would not come back in it.
        int quiet = ownResources && ads == null && engine.quiet().compareTo(drainTime) >= 0 ? needed : 0;
        try {
            while (System.nanoTime() < end && quiet < needed) {
                int there = ownResources ? engine.connections() : engine.active();
                quiet = there == 0 ? quiet + 1 : 0;
                if (stopped.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
