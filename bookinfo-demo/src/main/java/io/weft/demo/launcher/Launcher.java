package io.weft.demo.launcher;

import com.nimbusds.jose.JOSEException;
import io.weft.demo.launcher.TwoAtATime.Step;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts everything in its order, says what runs where, and stops it: the edge first, then whoever calls before whom they call. */
final class Launcher {

    /** Goes to the console as it is. */
    private static final Logger progress = LoggerFactory.getLogger("weft.progress");

    private static final Duration HEALTH_REPORTS = Duration.ofSeconds(10);
    /** A sidecar that starts says at first that it does not know yet how its app is. */
    private static final List<String> NOT_WELL = List.of("\"UNREPORTED\"", "\"UNHEALTHY\"");

    private static final String AUTHORITY = "mesh-ca";
    private static final String PILOT = Account.PILOT.part();

    /** Once per build, and only if parts are processes. */
    private static final String CLASSES = "classes, for all parts";

    /** So many apps take about as long to start as mesh-pilot does. */
    private static final int BESIDE_PILOT = 3;

    private final LauncherSettings settings;
    private final SharedReactor reactor = new SharedReactor();
    private final MeshParts parts;
    private final StartedParts started = new StartedParts();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "weft-tokens");
        thread.setDaemon(true);
        return thread;
    });

    private Launcher(LauncherSettings settings) {
        this.settings = settings;
        this.parts = new MeshParts(settings, reactor);
    }

    /** Runs until the process is told to stop; the answer is its exit status. */
    static int run() {
        try {
            return new Launcher(LauncherSettings.fromSystemProperties()).runAndWait();
        } catch (IllegalArgumentException refused) {
            progress.error("{}", refused.getMessage());
            return 1;
        }
    }

    private int runAndWait() {
        List<String> taken = takenPorts(settings.ports().values().stream());
        if (!taken.isEmpty()) {
            taken.forEach(line -> progress.error("{}", line));
            return 1;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "weft-stop"));
        try {
            start();
            stopping.await();
            return 0;
        } catch (PartFailure failure) {
            // What was being started ends when everything does: nothing that needs an explanation.
            if (stopping.getCount() > 0) {
                explain(failure);
            }
        } catch (IOException | GeneralSecurityException | JOSEException failure) {
            progress.error("{}: {}", settings.home(), failure.getMessage(), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return 1;
    }

    private void start() throws IOException, GeneralSecurityException, JOSEException, InterruptedException {
        long startedAt = System.nanoTime();
        progress.info("Starting Weft in {}; logs in {}", settings.home(), settings.home().resolve("logs"));
        TokenIssuer tokens = TokenIssuer.create(settings.home(), accounts(), Clock.systemUTC());
        timer.scheduleWithFixedDelay(tokens::refresh, 5, 5, TimeUnit.SECONDS);
        try (TwoAtATime starter = new TwoAtATime()) {
            Part[] external = new Part[1];
            List<Step> begin = new ArrayList<>();
            List<Step> next = new ArrayList<>();
            Optional<Isolation.Preparation> preparation = parts.preparation();
            preparation.ifPresent(classes -> {
                begin.add(new Step(CLASSES, () -> timed(CLASSES, classes.make())));
                begin.add(new Step(CLASSES, classes.awaitOneCore()));
            });
            begin.add(step(AUTHORITY, parts::authority));
            // Nobody is there to ask it yet, and what starts after the classes takes less memory.
            (preparation.isPresent() ? next : begin).add(new Step("httpbin-external", () -> external[0] = keep(parts::external)));
            next.add(step("mesh-pilot agent", parts::pilotAgent));
            next.add(step("mesh-telemetry agent", parts::telemetryAgent));
            starter.run(begin);
            starter.run(next);
            if (ConfigSeed.into(settings.configDir(), external[0].port())) {
                progress.info("  {} is filled with the demo's configuration", settings.configDir());
            }
            // Apps wait for nobody: some keep the other core busy while mesh-pilot starts.
            Map<Workload, Part> early = new ConcurrentHashMap<>();
            List<Step> first = new ArrayList<>();
            first.add(step(PILOT, parts::pilot));
            Workload.ALL.subList(0, BESIDE_PILOT).forEach(workload ->
                    first.add(new Step(workload.name(), () -> early.put(workload, keep(() -> parts.app(workload))))));
            starter.run(first);
            List<Step> rest = new ArrayList<>();
            rest.add(step(Account.TELEMETRY.part(), () -> parts.telemetry(part(PILOT), part(AUTHORITY))));
            rest.add(step(Account.INGRESS.part(), parts::ingress));
            rest.add(step(Account.EGRESS.part(), parts::egress));
            Workload.ALL.forEach(workload -> rest.add(new Step(workload.name(), () -> {
                Part app = early.get(workload);
                int port = (app != null ? app : keep(() -> parts.app(workload))).port();
                return keep(() -> parts.sidecar(workload, port));
            })));
            starter.run(rest);
        }
        Readiness readiness = new Readiness();
        if (!readiness.await(named(Set.of(PILOT)), this::complain, stopping)) {
            return;
        }
        List<Account> outside = new Admission(readiness, pilot()).without();
        if (!outside.isEmpty()) {
            progress.warn("{}", noGroups(outside));
        }
        Set<String> admitted = new HashSet<>(started.parts().stream().map(Part::name).toList());
        outside.forEach(account -> admitted.removeAll(Set.of(account.part(), account.part() + Summary.SIDECAR)));
        if (readiness.await(named(admitted), this::complain, stopping)) {
            awaitHealthReports(readiness);
            new Summary(settings, started.parts()).print(progress::info, System.nanoTime() - startedAt);
        }
    }

    private List<Part> named(Set<String> names) {
        return started.parts().stream().filter(part -> names.contains(part.name())).toList();
    }

    private String noGroups(List<Account> outside) {
        return "  " + settings.configDir() + " has no WorkloadGroup for "
                + String.join(", ", outside.stream().map(account -> account.namespace() + "/" + account.part()).toList())
                + ": they are not in the mesh until it has (files refused: " + pilot()
                + "/weft/v1/errors; an empty or new folder is filled with the demo's)";
    }

    private String pilot() {
        return "http://" + settings.reachable() + ":" + part(PILOT).port();
    }

    private Part part(String name) {
        return named(Set.of(name)).get(0);
    }

    /** A workload takes no traffic before its sidecar has reported that its app is well. One that never does keeps nobody waiting. */
    private void awaitHealthReports(Readiness readiness) throws InterruptedException {
        URI services = URI.create(pilot() + "/weft/v1/services");
        if (!readiness.awaitWithout(services, NOT_WELL, HEALTH_REPORTS, stopping)) {
            progress.info("  not every workload has reported that it is well: {}", services);
        }
    }

    private Step step(String part, Callable<Part> start) {
        return new Step(part, () -> keep(start));
    }

    private Part keep(Callable<Part> start) throws Exception {
        long begin = System.nanoTime();
        Part part = start.call();
        started.add(part);
        sayTime(part.name(), begin);
        return part;
    }

    private static Object timed(String what, Callable<?> work) throws Exception {
        long begin = System.nanoTime();
        Object done = work.call();
        sayTime(what, begin);
        return done;
    }

    private static void sayTime(String what, long begin) {
        progress.info("  {} {}", Summary.column(what), Summary.seconds(System.nanoTime() - begin));
    }

    private static List<Account> accounts() {
        return Stream.concat(
                        Stream.of(Account.PILOT, Account.TELEMETRY, Account.INGRESS, Account.EGRESS),
                        Workload.ALL.stream().map(Workload::account))
                .toList();
    }

    private void complain(List<String> missing) {
        progress.info("  still waiting for {}", String.join(", ", missing));
    }

    /** If the reason is a taken port, that is all there is to say. */
    private void explain(PartFailure failure) {
        List<String> taken = takenPorts(
                settings.ports().values().stream().filter(port -> failure.part().equals(port.part())));
        if (taken.isEmpty()) {
            progress.error("{}", failure.getMessage(), failure);
        } else {
            taken.forEach(line -> progress.error("{}", line));
        }
    }

    private List<String> takenPorts(Stream<FixedPort> ports) {
        return ports.map(port -> port.taken(settings.address())).flatMap(Optional::stream).toList();
    }

    private void stop() {
        if (!started.parts().isEmpty()) {
            progress.info("Stopping");
        }
        stopping.countDown();
        timer.shutdownNow();
        parts.stopping();
        started.close(parts.stopsAtOnce());
        parts.close();
        reactor.close();
    }
}
