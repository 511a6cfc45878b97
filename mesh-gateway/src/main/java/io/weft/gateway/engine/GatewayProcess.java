package io.weft.gateway.engine;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.weft.gateway.role.Doors;
import io.weft.gateway.role.GatewaySettings;
import io.weft.gateway.role.HostPort;
import io.weft.gateway.role.Role;
import io.weft.sidecar.bootstrap.ControlPlaneChannels;
import io.weft.sidecar.bootstrap.EngineTarget;
import io.weft.sidecar.bootstrap.PortMemory;
import io.weft.sidecar.cluster.health.HealthChecker;
import io.weft.sidecar.identity.SpiffeId;
import io.weft.sidecar.identity.Svid;
import io.weft.sidecar.identity.WorkloadIdentity;
import io.weft.sidecar.identity.WorkloadIdentityConfig;
import io.weft.sidecar.listener.Engine;
import io.weft.sidecar.resource.LocalNodeParser;
import io.weft.sidecar.resource.ResourceParsers;
import io.weft.sidecar.tls.TlsContexts;
import io.weft.sidecar.xds.AdsClient;
import io.weft.sidecar.xds.AdsSettings;
import io.weft.sidecar.xds.ConfigTarget;
import io.weft.sidecar.xds.LastGood;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.health.contributor.Health;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import reactor.netty.resources.LoopResources;

/**
 * The life of a gateway, or of a sidecar that is one, in its Spring context: identity, engine, ports, then the control plane; and in the end
 * the lame duck, before Boot stops its own server (this is the default phase, which stops first).
 *
 * <p>Ports are bound before the control plane is asked, because it is told them. Neither CA nor control plane is waited for: what is
 * missing shows in the readiness.
 */
final class GatewayProcess implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(GatewayProcess.class);

    private final GatewaySettings settings;
    private final EngineFactory engines;
    private final Function<EngineTarget, ConfigTarget> targets;
    private final Supplier<LoopResources> loops;
    private final Drain drain;
    private final ApplicationEventPublisher events;
    private final Surroundings surroundings;

    private volatile @Nullable Running running;
    /** What is wrong with the application that a sidecar stands before; empty: nothing; null: not known. */
    private volatile @Nullable String appProblem;

    /**
     * @param targets what configuration is for, beside the engine
     * @param loops event loops of all connections; there once the context has started
     */
    GatewayProcess(
            GatewaySettings settings,
            EngineFactory engines,
            Function<EngineTarget, ConfigTarget> targets,
            Supplier<LoopResources> loops,
            Drain drain,
            ApplicationEventPublisher events,
            Surroundings surroundings) {
        this.settings = settings;
        this.engines = engines;
        this.targets = targets;
        this.loops = loops;
        this.drain = drain;
        this.events = events;
        this.surroundings = surroundings;
    }

    /** What is there between start and stop. */
    private record Running(
            WorkloadIdentity identity,
            TlsContexts tls,
            Engine engine,
            Node node,
            Map<String, Integer> ports,
            HealthChecker health,
            ScheduledExecutorService thread,
            AdsClient ads) {}

    /** Makes the engine of this process. */
    interface EngineFactory {
        Engine make(TlsContexts tls);
    }

    @Override
    public void start() {
        Doors doors = Doors.of(settings);
        WorkloadIdentity identity = WorkloadIdentity.start(identityConfig());
        TlsContexts tls = new TlsContexts(identity);
        Engine engine = engines.make(tls);
        PortMemory remembered = new PortMemory(settings.cache());
        Map<String, Integer> ports = new LinkedHashMap<>();
        try {
            doors.wanted().forEach((name, wanted) -> ports.put(name, bind(engine, name, wanted, remembered.remembered(name))));
        } catch (PortTakenException e) {
            engine.close();
            tls.close();
            identity.close();
            throw e;
        }
        remembered.remember(ports);
        Node node = surroundings.introduce(doors.node(ports));
        engine.introduce(LocalNodeParser.parse(node));
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread worker = new Thread(task, "ads-" + settings.part());
            worker.setDaemon(true);
            return worker;
        });
        HealthChecker health = new HealthChecker(engine::clusters, settings.role() == Role.SIDECAR ? "inbound|" : null, loops.get());
        HostPort pilot = settings.xds().server();
        AdsClient ads = new AdsClient(
                AdsSettings.of(node, pilot.toString(), true),
                new ControlPlaneChannels(loops.get(), thread, "weft-gateway").mutual(pilot.host(), pilot.port(), settings.trustDomain(), identity),
                thread,
                ResourceParsers.ofControlPlane(Set.of()),
                targets.apply(new EngineTarget(engine, health::refresh)),
                new LastGood(settings.cache().resolve("xds"), identity.id().uri()),
                Set.of());
        running = new Running(identity, tls, engine, node, Map.copyOf(ports), health, thread, ads);
        surroundings.publish(ports);
        ads.onReady(health::lookAgain);
        // One that was killed, and is back before the control plane gives it up, must not be taken for as well as it was.
        ads.reportHealth(HealthChecker.STARTING);
        ads.startOffline();
        BooleanSupplier ready = () -> identity.current() != null && ads.state().ready();
        if (settings.role() == Role.SIDECAR) {
            health.reportTo(
                    problem -> {
                        appProblem = problem == null ? "" : problem;
                        ads.reportHealth(problem);
                    },
                    ready);
        } else {
            health.reportAlone(ads::reportHealth, ready);
        }
        // Connects with the first certificate; one of last time is there at once.
        identity.subscribe(svid -> {
            ads.retryNow();
            health.lookAgain();
        });
        log.info(
                "{}: {} at {}, identity {}; waiting for its certificate from {} and for configuration from mesh-pilot at {}",
                settings.part(),
                settings.role().property(),
                ports,
                identity.id(),
                settings.ca().server(),
                pilot);
    }

    private WorkloadIdentityConfig identityConfig() {
        return WorkloadIdentityConfig.of(
                new SpiffeId(settings.trustDomain(), settings.namespace(), settings.serviceAccount()),
                settings.ca().server().host(),
                settings.ca().server().port(),
                settings.ca().rootCert(),
                settings.tokenFile(),
                settings.cache());
    }

    private int bind(Engine engine, String name, Doors.Wanted wanted, int last) {
        if (wanted.port() == 0 && last != 0) {
            try {
                return engine.preBind(settings.bindAddress(), last).getPort();
            } catch (RuntimeException e) {
                log.info("{}: the {} of last time, {}, is taken; another one will do", settings.part(), name, last);
            }
        }
        try {
            return engine.preBind(settings.bindAddress(), wanted.port()).getPort();
        } catch (RuntimeException e) {
            throw new PortTakenException(settings.part(), settings.bindAddress(), wanted.port(), wanted.property(), e);
        }
    }

    @Override
    public boolean isRunning() {
        return running != null;
    }

    @Override
    public void stop() {
        Running now = running;
        if (now != null) {
            running = null;
            end(now);
        }
    }

    /** Draining takes time; other parts of this phase need not wait in line. */
    @Override
    public void stop(Runnable callback) {
        Thread stopping = new Thread(
                () -> {
                    try {
                        stop();
                    } finally {
                        callback.run();
                    }
                },
                "drain-" + settings.part());
        stopping.setDaemon(true);
        stopping.start();
    }

    private void end(Running now) {
        AvailabilityChangeEvent.publish(events, this, ReadinessState.REFUSING_TRAFFIC);
        // The control plane takes a registered workload out of rotation now, so that callers stop coming while it drains.
        now.health().leave("draining");
        drain.start();
        now.engine().startDraining();
        // Clients that find us by a list that is still being updated get an answer, new ones too, and the advice not to come back.
        drain.await(settings.drainTime(), () -> isUnknown(now));
        now.ads().close();
        // Nobody new is let in any more, or clients that come back at once would use up the grace of those who are there.
        now.engine().shutdown(settings.drainGrace());
        now.tls().close();
        now.identity().close();
        now.thread().shutdown();
    }

    /** Balancers and callers that have no connection open have to find out too that this one goes; but nobody knows one that never was ready. */
    private boolean isUnknown(Running now) {
        return !now.ads().state().ready() && now.engine().quiet().compareTo(settings.drainTime()) >= 0;
    }

    /** Null before start and after stop. */
    @Nullable Engine engine() {
        Running now = running;
        return now == null ? null : now.engine();
    }

    /** Bound ports by the name under which they are remembered. */
    Map<String, Integer> ports() {
        Running now = running;
        return now == null ? Map.of() : now.ports();
    }

    /** What this process is in the mesh, for people. */
    Map<String, Object> info() {
        Running now = running;
        if (now == null) {
            return Map.of();
        }
        Svid svid = now.identity().current();
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("workload", settings.part());
        info.put("node", now.node().getId());
        info.put("identity", now.identity().id().uri());
        info.put("certificate", svid == null ? "none" : "valid until " + svid.notAfter());
        info.put("controlPlane", now.ads().state().connected() ? "connected" : "away: " + now.ads().connection());
        info.put("configuration", now.ads().state().cached() ? "of the last run, from disk" : "live");
        info.put("ports", now.ports());
        return info;
    }

    /** How the application is that a sidecar stands before; it does not make the sidecar unready. */
    Health applicationHealth() {
        String problem = appProblem;
        if (problem == null) {
            return Health.unknown().withDetail("application", "not probed").build();
        }
        return problem.isEmpty() ? Health.up().build() : Health.down().withDetail("problem", problem).build();
    }

    Health identityHealth() {
        Running now = running;
        if (now == null) {
            return Health.outOfService().withDetail("identity", "not started").build();
        }
        String trouble = now.identity().trouble();
        if (now.identity().current() == null) {
            return Health.outOfService().withDetail("waitingFor", String.valueOf(trouble)).build();
        }
        Health.Builder health = Health.up().withDetail("id", now.identity().id().uri());
        return (trouble == null ? health : health.withDetail("trouble", trouble)).build();
    }

    Health configurationHealth() {
        Running now = running;
        if (now == null) {
            return Health.outOfService().withDetail("configuration", "not started").build();
        }
        AdsClient.State state = now.ads().state();
        Health.Builder health = state.ready() ? Health.up() : Health.outOfService();
        if (!state.waitingFor().isEmpty()) {
            health.withDetail("waitingFor", state.waitingFor());
        }
        return health.withDetail("controlPlane", settings.xds().server().toString())
                .withDetail("connected", state.connected())
                .withDetail("fromDisk", state.cached())
                .build();
    }
}
