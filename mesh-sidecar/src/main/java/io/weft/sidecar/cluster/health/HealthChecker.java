package io.weft.sidecar.cluster.health;

import io.netty.channel.EventLoop;
import io.weft.sidecar.cluster.ClusterView;
import io.weft.sidecar.cluster.EndpointView;
import io.weft.sidecar.resource.HealthCheckResource;
import io.weft.sidecar.resource.NetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.resources.LoopResources;

/**
 * Runs the health checks of all clusters that have some. Those of the application's own clusters are summed up and reported, first result and every change;
 * they do not steer our own balancing, since there is only this one application. Those of other clusters mark their endpoints.
 */
public final class HealthChecker implements AutoCloseable {
    /** What a proxy says of an application of which it knows nothing yet, before its first result. */
    public static final String STARTING = "starting: not probed yet";

    private static final Logger log = LoggerFactory.getLogger(HealthChecker.class);
    /** Endpoints found by DNS come and go without a change of configuration. */
    private static final int REFRESH_SECONDS = 5;

    private final Supplier<List<ClusterView>> clusters;
    private final @Nullable String appPrefix;
    private final LoopResources loops;
    private final EventLoop loop;
    private final Map<Target, Watch> watches = new HashMap<>();
    private @Nullable Consumer<@Nullable String> report;
    private BooleanSupplier ready = () -> true;
    private boolean alone;
    private boolean reported;
    private @Nullable String lastReport;
    private boolean closed;

    /**
     * @param appPrefix clusters whose name starts with it are the application's; null: none are
     */
    public HealthChecker(Supplier<List<ClusterView>> clusters, @Nullable String appPrefix, LoopResources loops) {
        this.clusters = clusters;
        this.appPrefix = appPrefix;
        this.loops = loops;
        this.loop = loops.onClient(true).next();
        loop.scheduleWithFixedDelay(this::refreshOnLoop, REFRESH_SECONDS, REFRESH_SECONDS, TimeUnit.SECONDS);
    }

    /**
     * Who is told how the application is: null is healthy, else what is wrong. An application that nobody probes is taken to be well.
     *
     * @param ready whether requests may come; before that nothing is said, as a first report brings them. When it may have changed, {@link #lookAgain} is to be called
     */
    public void reportTo(Consumer<@Nullable String> reporter, BooleanSupplier ready) {
        report(reporter, ready, false);
    }

    /** The same for a proxy without an application behind it: it is well once it is ready. */
    public void reportAlone(Consumer<@Nullable String> reporter, BooleanSupplier ready) {
        report(reporter, ready, true);
    }

    private void report(Consumer<@Nullable String> reporter, BooleanSupplier whenReady, boolean withoutApp) {
        loop.execute(() -> {
            ready = whenReady;
            alone = withoutApp;
            report = reporter;
            reported = false;
            sumUp();
        });
    }

    /** To be called when clusters have changed. */
    public void refresh() {
        loop.execute(this::refreshOnLoop);
    }

    /** To be called when it may have become ready, so that a first report need not wait for the next look at all there is. */
    public void lookAgain() {
        loop.execute(this::sumUp);
    }

    private void refreshOnLoop() {
        if (closed) {
            return;
        }
        Set<Target> wanted = new HashSet<>();
        for (ClusterView cluster : clusters.get()) {
            for (HealthCheckResource check : cluster.resource().healthChecks()) {
                for (EndpointView endpoint : cluster.endpoints()) {
                    wanted.add(new Target(
                            cluster.resource().name(), address(endpoint), endpoint.resource().hostname(), check));
                }
            }
        }
        watches.entrySet().removeIf(entry -> {
            boolean gone = !wanted.contains(entry.getKey());
            if (gone) {
                entry.getValue().stop();
            }
            return gone;
        });
        for (Target target : wanted) {
            if (!watches.containsKey(target)) {
                Watch watch = new Watch(target, probe(target), loop, this::changed);
                watches.put(target, watch);
                watch.start();
            }
        }
        sumUp();
    }

    private static InetSocketAddress address(EndpointView endpoint) {
        int port = endpoint.resource().healthCheckPort();
        return port == 0 ? endpoint.address() : new InetSocketAddress(endpoint.address().getAddress(), port);
    }

    private Probe probe(Target target) {
        HealthCheckResource.Probe probe = target.check().probe();
        if (probe instanceof HealthCheckResource.Probe.Http http) {
            return new HttpProbe(loops, loop, http, target.hostname());
        }
        if (probe instanceof HealthCheckResource.Probe.Grpc grpc) {
            return new GrpcProbe(loops, loop, grpc);
        }
        return new ConnectProbe(loops, loop);
    }

    private boolean isApp(String cluster) {
        return appPrefix != null && cluster.startsWith(appPrefix);
    }

    private void changed(Target target, boolean healthy, @Nullable String problem) {
        if (closed) {
            return;
        }
        if (healthy) {
            log.info("{} at {}: healthy", target.cluster(), target.address());
        } else {
            log.warn("{} at {}: unhealthy: {}", target.cluster(), target.address(), problem);
        }
        if (isApp(target.cluster())) {
            sumUp();
        } else {
            mark(target, healthy);
        }
    }

    private void mark(Target target, boolean healthy) {
        for (ClusterView cluster : clusters.get()) {
            if (cluster.resource().name().equals(target.cluster())) {
                for (EndpointView endpoint : cluster.endpoints()) {
                    if (address(endpoint).equals(target.address())) {
                        endpoint.activeHealth(healthy);
                    }
                }
            }
        }
    }

    /** All well is only said when all are known; one that is unwell is said at once. */
    private void sumUp() {
        if (report == null || closed || !reported && !ready.getAsBoolean()) {
            return;
        }
        List<String> problems = new ArrayList<>();
        boolean any = alone;
        boolean allKnown = true;
        for (ClusterView cluster : clusters.get()) {
            String name = cluster.resource().name();
            if (isApp(name)) {
                any = true;
                allKnown &= cluster.resource().healthChecks().isEmpty()
                        || watches.keySet().stream().anyMatch(target -> target.cluster().equals(name));
            }
        }
        for (Map.Entry<Target, Watch> entry : watches.entrySet()) {
            if (isApp(entry.getKey().cluster())) {
                allKnown &= entry.getValue().known();
                String problem = entry.getValue().problem();
                if (problem != null) {
                    InetSocketAddress at = entry.getKey().address();
                    problems.add(new NetAddress(at.getAddress().getHostAddress(), at.getPort()) + ": " + problem);
                }
            }
        }
        if (!any || problems.isEmpty() && !allKnown) {
            return;
        }
        String now = problems.isEmpty() ? null : String.join("; ", problems);
        boolean wasWell = reported && lastReport == null;
        // That another reason is given for being unwell is no change.
        if (reported && (now == null) == wasWell && (now == null || Objects.equals(now, lastReport) || !wasWell)) {
            return;
        }
        reported = true;
        lastReport = now;
        report.accept(now);
    }

    /** Ends as {@link #close} does; who was told that all is well is told that it ends, so that whoever sends requests here stops. */
    public void leave(String why) {
        loop.execute(() -> {
            end();
            if (report != null && reported) {
                report.accept(why);
            }
        });
    }

    @Override
    public void close() {
        loop.execute(this::end);
    }

    private void end() {
        closed = true;
        watches.values().forEach(Watch::stop);
        watches.clear();
    }
}
