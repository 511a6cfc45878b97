package io.weft.sidecar.xds;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.weft.sidecar.resource.ResourceParsers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one ADS stream to the control plane, for ever: applies what comes, answers each response, comes back after a loss with what it has. With a cache it
 * serves what was good last until the control plane speaks. Its state belongs to the one thread of {@code executor}; public methods may be called from any.
 */
public final class AdsClient implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AdsClient.class);
    /** A listener that could not be bound is tried again this often: its port may be an old process' that is about to end. */
    private static final Duration RETRY_LISTENERS = Duration.ofSeconds(2);
    private static final Duration SAVE_DELAY = Duration.ofMillis(500);

    private final AdsSettings settings;
    private final @Nullable LastGood lastGood;
    private final OwnerThread thread;
    private final LiveConfig config;
    private final AdsConnection connection;

    private @Nullable ScheduledFuture<?> warmTimer;
    private @Nullable ScheduledFuture<?> listenerTimer;
    private Runnable whenReady = () -> {};
    private boolean savePending;
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
        this.lastGood = lastGood;
        this.thread = new OwnerThread(executor);
        this.config = new LiveConfig(parsers, target, staticSecrets, settings, System::nanoTime);
        this.connection = new AdsConnection(settings, channels, thread, new Incoming());
    }

    /** Puts the cache in force, then connects. */
    public void start() {
        thread.execute(() -> {
            restore();
            connection.connect();
        });
    }

    /** Who is told, on the configuration's thread, when {@link State#ready} turns true; at once if the configuration of the last run has made it so. */
    public void onReady(Runnable told) {
        thread.execute(() -> {
            whenReady = told;
            if (state.ready) {
                told.run();
            }
        });
    }

    /** The application's health changed, or is known for the first time: null is healthy, else what is wrong. */
    public void reportHealth(@Nullable String problem) {
        thread.execute(() -> connection.reportHealth(problem));
    }

    /** Puts the cache in force, and leaves connecting to {@link #retryNow}: without a certificate there is no sense in trying. */
    public void startOffline() {
        thread.execute(this::restore);
    }

    /** Connects now if there is no stream, however long the back-off still is. */
    public void retryNow() {
        thread.execute(connection::retryNow);
    }

    public State state() {
        return state;
    }

    /** Why there is no stream; OK when there is one. */
    public Status connection() {
        return connection.status();
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

    /** What the connection is for: it asks for what is wanted, and brings what is new. */
    private final class Incoming implements AdsConnection.Owner {

        @Override
        public AdsStream.Start start() {
            return new AdsStream.Start(config.wanted(), config.versions());
        }

        @Override
        public List<String> onUpdate(Update update) {
            return apply(update);
        }

        @Override
        public void onLost() {
            publish();
        }
    }

    private List<String> apply(Update update) {
        List<String> problems = new ArrayList<>(config.accept(update));
        problems.addAll(reconcile());
        publish();
        scheduleSave();
        return problems;
    }

    private List<String> reconcile() {
        LiveConfig.Reconciled result = config.reconcile();
        result.subscriptions().forEach(connection::subscribe);
        if (config.warming() && warmTimer == null && !settings.initialFetchTimeout().isZero()) {
            warmTimer = thread.schedule(this::warmed, settings.initialFetchTimeout().plusMillis(5));
        }
        if (config.refusedListeners() > 0 && listenerTimer == null) {
            listenerTimer = thread.schedule(this::retryListeners, RETRY_LISTENERS);
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
            connection.askAgain(config.wanted());
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
        if (lastGood != null && connection.answered() && !savePending) {
            savePending = true;
            thread.schedule(this::save, SAVE_DELAY);
        }
    }

    private void save() {
        if (savePending) {
            savePending = false;
            Objects.requireNonNull(lastGood).save(config.all());
        }
    }

    private void publish() {
        boolean connected = connection.connected();
        String waiting = config.waitingFor();
        if (!waiting.isEmpty()) {
            waiting += " from " + settings.server();
            if (!connected) {
                waiting += " (" + OutageLog.describe(connection.status()) + ")";
            }
        }
        boolean wasReady = state.ready;
        state = new State(wasReady || config.ready(), connected, !connected && config.ready(), waiting, config.all());
        if (state.ready && !wasReady) {
            whenReady.run();
        }
    }

    /** Ends the stream and keeps what is good; what is in force stays in force. */
    @Override
    public void close() {
        thread.execute(() -> {
            if (thread.closed()) {
                return;
            }
            if (lastGood != null) {
                save();
            }
            thread.close();
            connection.close();
        });
    }
}
