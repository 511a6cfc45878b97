package io.weft.sidecar.xds;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.weft.sidecar.resource.ResourceParsers;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps one ADS stream to the control plane, for ever: applies what comes, answers each response, comes back after a loss with what it has. With a cache it
 * serves what was good last until the control plane speaks. Its state belongs to the one thread of {@code executor}; public methods may be called from any.
 */
public final class AdsClient implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AdsClient.class);
    /** A listener that could not be bound is tried again this often: its port may be an old process' that is about to end. */
    private static final Duration RETRY_LISTENERS = Duration.ofSeconds(2);
    private static final Duration SAVE_DELAY = Duration.ofMillis(500);
    private static final Duration LOG_EVERY = Duration.ofMinutes(1);
    /** Parts that start together, or a control plane that starts anew, find each other within this; longer is worth a warning. */
    private static final Duration SHORT = Duration.ofSeconds(5);

    private final AdsSettings settings;
    private final Supplier<ManagedChannel> channels;
    private final @Nullable LastGood lastGood;
    private final ScheduledExecutorService executor;
    private final LiveConfig config;
    private final Backoff backoff;

    private @Nullable ManagedChannel channel;
    private @Nullable AdsStream stream;
    private @Nullable ScheduledFuture<?> warmTimer;
    private @Nullable ScheduledFuture<?> listenerTimer;
    private @Nullable ScheduledFuture<?> retry;
    private Runnable whenReady = () -> {};
    private boolean answered;
    private boolean savePending;
    private boolean closed;
    private boolean healthKnown;
    private @Nullable String healthProblem;
    private long lastLogged;
    private String lastFailure = "";
    private boolean warned;
    private long awaySince;
    private volatile Status connection = Status.UNAVAILABLE.withDescription("not connected yet");
    private volatile State state = new State(false, false, false, "not started", Map.of());

    /**
     * What others may know.
     *
     * @param ready all that was to be served at first is in force
     * @param connected a stream is open and has brought something
     * @param cached what is in force came from disk and the control plane has not spoken yet
     * @param waitingFor for people; empty when nothing is missing
     * @param resources all that was accepted, as it came
     */
    public record State(
            boolean ready,
            boolean connected,
            boolean cached,
            String waitingFor,
            Map<ResourceKind, List<RawResource>> resources) {}

    /**
     * @param channels makes a channel for one connection; with the newest certificates, so that a rotated identity is shown at the next one
     * @param executor one thread, the owner of all state; the channels' calls must run on it too
     * @param lastGood null: nothing is kept
     * @param staticSecrets secrets that are defined elsewhere and not asked for
     */
    public AdsClient(
            AdsSettings settings,
            Supplier<ManagedChannel> channels,
            ScheduledExecutorService executor,
            ResourceParsers parsers,
            ConfigTarget target,
            @Nullable LastGood lastGood,
            Set<String> staticSecrets) {
        this.settings = settings;
        this.channels = channels;
        this.executor = executor;
        this.lastGood = lastGood;
        this.config = new LiveConfig(parsers, target, staticSecrets, settings, System::nanoTime);
        this.backoff = new Backoff(settings.firstRetry(), settings.lastRetry(), ThreadLocalRandom.current()::nextLong);
    }

    /** Puts the cache in force, then connects. */
    public void start() {
        execute(() -> {
            restore();
            connect();
        });
    }

    /** Who is told, on the configuration's thread, when {@link State#ready} turns true; at once if the configuration of the last run has made it so. */
    public void onReady(Runnable told) {
        execute(() -> {
            whenReady = told;
            if (state.ready) {
                told.run();
            }
        });
    }

    /** The application's health changed, or is known for the first time: null is healthy, else what is wrong. */
    public void reportHealth(@Nullable String problem) {
        execute(() -> {
            healthKnown = true;
            healthProblem = problem;
            if (stream != null) {
                stream.reportHealth(problem);
            }
        });
    }

    /** Puts the cache in force, and leaves connecting to {@link #retryNow}: without a certificate there is no sense in trying. */
    public void startOffline() {
        execute(this::restore);
    }

    /** Connects now if there is no stream, however long the back-off still is. */
    public void retryNow() {
        execute(() -> {
            if (stream == null) {
                if (retry != null) {
                    retry.cancel(false);
                }
                backoff.reset();
                connect();
            }
        });
    }

    public State state() {
        return state;
    }

    /** Why there is no stream; OK when there is one. */
    public Status connection() {
        return connection;
    }

    private void restore() {
        if (lastGood == null) {
            publish();
            return;
        }
        Map<ResourceKind, List<RawResource>> resources = lastGood.load();
        if (resources.isEmpty()) {
            publish();
            return;
        }
        int count = 0;
        // Clusters and listeners first: they say which of the others are wanted.
        for (ResourceKind kind : List.of(
                ResourceKind.CLUSTER,
                ResourceKind.LISTENER,
                ResourceKind.SECRET,
                ResourceKind.ENDPOINTS,
                ResourceKind.ROUTES,
                ResourceKind.SPRING_ROUTES)) {
            if (!config.wanted().containsKey(kind)) {
                continue;
            }
            List<RawResource> raws = resources.getOrDefault(kind, List.of());
            count += raws.size();
            if (!raws.isEmpty() || kind.wildcard()) {
                apply(new Update(kind, raws, List.of(), kind.wildcard()))
                        .forEach(problem -> log.warn("cached configuration: {}", problem));
            }
        }
        log.info("{} resources of the last run are in force until {} speaks", count, settings.server());
    }

    private void connect() {
        retry = null;
        if (closed) {
            return;
        }
        answered = false;
        try {
            ManagedChannel fresh = channels.get();
            channel = fresh;
            Map<ResourceKind, Set<String>> names = new EnumMap<>(config.wanted());
            AdsStream.Start start = new AdsStream.Start(names, config.versions());
            StreamObserver observer = new StreamObserver();
            AdsStream opened = settings.delta()
                    ? DeltaStream.open(fresh, settings.node(), start, observer)
                    : SotwStream.open(fresh, settings.node(), start, observer);
            observer.own = opened;
            stream = opened;
            if (healthKnown) {
                opened.reportHealth(healthProblem);
            }
        } catch (RuntimeException e) {
            // No certificate yet, or one that cannot be used: tried again like any other failure.
            lost(Status.UNAVAILABLE.withDescription(String.valueOf(e.getMessage())).withCause(e));
        }
    }

    /** Events of one stream; those of a stream that is no longer ours are late and mean nothing. */
    private final class StreamObserver implements AdsStream.Observer {
        private @Nullable AdsStream own;

        @Override
        public List<String> onUpdate(Update update) {
            if (!answered) {
                answered = true;
                backoff.reset();
                connection = Status.OK;
                log.info("connected to {}", settings.server());
                lastFailure = "";
                awaySince = 0;
            }
            List<String> problems = apply(update);
            if (!problems.isEmpty()) {
                log.warn("refused of {} from {}: {}", update.kind().label(), settings.server(), problems);
            }
            return problems;
        }

        @Override
        public void onClosed(Status status) {
            if (own == null || own == stream) {
                lost(status);
            }
        }
    }

    private void lost(Status status) {
        stream = null;
        connection = status;
        shutdownChannel();
        publish();
        if (closed) {
            return;
        }
        Duration wait = backoff.next();
        logLoss(status, wait);
        retry = schedule(this::connect, wait);
    }

    private void logLoss(Status status, Duration wait) {
        String why = describe(status);
        long now = System.nanoTime();
        if (awaySince == 0) {
            awaySince = now;
        }
        boolean warn = now - awaySince >= SHORT.toNanos();
        // The same failure over and over is one line a minute: a laptop without its control plane should not fill its disk.
        if (why.equals(lastFailure) && warn == warned && now - lastLogged < LOG_EVERY.toNanos()) {
            return;
        }
        lastFailure = why;
        lastLogged = now;
        warned = warn;
        log.atLevel(warn ? Level.WARN : Level.INFO)
                .log("no configuration from {}: {}; trying again in {} ms and on", settings.server(), why, wait.toMillis());
    }

    private static String describe(Status status) {
        StringBuilder text = new StringBuilder(status.getCode().name());
        if (status.getDescription() != null) {
            text.append(": ").append(status.getDescription());
        }
        Throwable cause = status.getCause();
        for (int depth = 0; cause != null && depth < 4; depth++, cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && text.indexOf(message) < 0) {
                text.append(": ").append(message);
            }
        }
        // gRPC's have several lines: in a log, and at /ready, it is one.
        return text.toString().replace('\n', ' ').replace('\r', ' ');
    }

    private List<String> apply(Update update) {
        List<String> problems = new java.util.ArrayList<>(config.accept(update));
        problems.addAll(reconcile());
        publish();
        scheduleSave();
        return problems;
    }

    private List<String> reconcile() {
        LiveConfig.Reconciled result = config.reconcile();
        for (Subscription change : result.subscriptions()) {
            if (stream != null) {
                stream.subscribe(change.kind(), change.added(), change.removed(), change.all());
            }
        }
        if (config.warming() && warmTimer == null && !settings.initialFetchTimeout().isZero()) {
            warmTimer = schedule(this::warmed, settings.initialFetchTimeout().plusMillis(5));
        }
        if (config.refusedListeners() > 0 && listenerTimer == null) {
            listenerTimer = schedule(this::retryListeners, RETRY_LISTENERS);
        }
        return result.problems();
    }

    /** What was said when it was refused is not said again; what is new is, and that it is over: the control plane may then hear a better answer. */
    private void retryListeners() {
        listenerTimer = null;
        int before = config.refusedListeners();
        if (before == 0) {
            return;
        }
        config.retryRefusedListeners();
        warn(reconcile());
        publish();
        int left = config.refusedListeners();
        if (left == 0) {
            log.info("the listeners that were refused are in force now, or are no longer wanted");
        }
        if (left != before) {
            scheduleSave();
            if (stream != null) {
                stream.askAgain(config.wanted());
            }
        }
    }

    private void warmed() {
        warmTimer = null;
        warn(reconcile());
        publish();
    }

    private static void warn(List<String> problems) {
        problems.forEach(problem -> log.warn("configuration: {}", problem));
    }

    private void scheduleSave() {
        if (lastGood != null && answered && !savePending) {
            savePending = true;
            schedule(this::save, SAVE_DELAY);
        }
    }

    private void save() {
        if (savePending) {
            savePending = false;
            Objects.requireNonNull(lastGood).save(config.all());
        }
    }

    private void publish() {
        boolean connected = stream != null && answered;
        String waiting = config.waitingFor();
        if (!waiting.isEmpty()) {
            waiting += " from " + settings.server();
            if (!connected) {
                waiting += " (" + describe(connection) + ")";
            }
        }
        boolean wasReady = state.ready;
        state = new State(wasReady || config.ready(), connected, !connected && config.ready(), waiting, config.all());
        if (state.ready && !wasReady) {
            whenReady.run();
        }
    }

    private void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            log.debug("after the end: {}", e.toString());
        }
    }

    private @Nullable ScheduledFuture<?> schedule(Runnable task, Duration delay) {
        try {
            return executor.schedule(
                    () -> {
                        if (!closed) {
                            task.run();
                        }
                    },
                    delay.toNanos(),
                    TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("after the end: {}", e.toString());
            return null;
        }
    }

    private void shutdownChannel() {
        if (channel != null) {
            channel.shutdownNow();
            channel = null;
        }
    }

    /** Ends the stream and keeps what is good; what is in force stays in force. */
    @Override
    public void close() {
        execute(() -> {
            if (closed) {
                return;
            }
            if (lastGood != null) {
                save();
            }
            closed = true;
            if (stream != null) {
                stream.close("this proxy stops");
                stream = null;
            }
            shutdownChannel();
        });
    }
}
