package io.weft.sidecar.xds;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One stream after another to the control plane: comes back after a loss, with what is here by then. All but {@link #status()} on the owner's thread. */
final class AdsConnection {
    /** Under one name in the log with all else that happens to the stream. */
    private static final Logger log = LoggerFactory.getLogger(AdsClient.class);

    private final AdsSettings settings;
    private final Supplier<ManagedChannel> channels;
    private final OwnerThread thread;
    private final Owner owner;
    private final Backoff backoff;
    private final OutageLog outages;

    private @Nullable ManagedChannel channel;
    private @Nullable AdsStream stream;
    private @Nullable ScheduledFuture<?> retry;
    private boolean answered;
    private boolean healthKnown;
    private @Nullable String healthProblem;
    private volatile Status status = Status.UNAVAILABLE.withDescription("not connected yet");

    /** Whose configuration comes over the connection. */
    interface Owner {

        /** What to ask for on a new stream. */
        AdsStream.Start start();

        /** @return what is wrong with it */
        List<String> onUpdate(Update update);

        /** There is no stream now; it is tried again. */
        void onLost();
    }

    AdsConnection(AdsSettings settings, Supplier<ManagedChannel> channels, OwnerThread thread, Owner owner) {
        this.settings = settings;
        this.channels = channels;
        this.thread = thread;
        this.owner = owner;
        this.backoff = new Backoff(settings.firstRetry(), settings.lastRetry(), ThreadLocalRandom.current()::nextLong);
        this.outages = new OutageLog(settings.server());
    }

    void connect() {
        retry = null;
        if (thread.closed()) {
            return;
        }
        answered = false;
        try {
            ManagedChannel fresh = channels.get();
            channel = fresh;
            AdsStream.Start start = owner.start();
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

    /** Connects now if there is no stream, however long the back-off still is. */
    void retryNow() {
        if (stream == null) {
            if (retry != null) {
                retry.cancel(false);
            }
            backoff.reset();
            connect();
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
                status = Status.OK;
                outages.connected();
            }
            List<String> problems = owner.onUpdate(update);
            if (!problems.isEmpty()) {
                log.warn("refused of {} from {}: {}", update.kind().label(), settings.server(), problems);
            }
            return problems;
        }

        @Override
        public void onClosed(Status why) {
            if (own == null || own == stream) {
                lost(why);
            }
        }
    }

    private void lost(Status why) {
        stream = null;
        status = why;
        shutdownChannel();
        owner.onLost();
        if (thread.closed()) {
            return;
        }
        Duration wait = backoff.next();
        outages.lost(why, wait);
        retry = thread.schedule(this::connect, wait);
    }

    void subscribe(Subscription change) {
        if (stream != null) {
            stream.subscribe(change.kind(), change.added(), change.removed(), change.all());
        }
    }

    /** See {@link AdsStream#askAgain}. */
    void askAgain(Map<ResourceKind, Set<String>> wanted) {
        if (stream != null) {
            stream.askAgain(wanted);
        }
    }

    /** Said now, and again on every stream to come: null is healthy, else what is wrong. */
    void reportHealth(@Nullable String problem) {
        healthKnown = true;
        healthProblem = problem;
        if (stream != null) {
            stream.reportHealth(problem);
        }
    }

    /** Whether a stream is open that has brought something. */
    boolean connected() {
        return stream != null && answered;
    }

    /** Whether the newest stream has brought something, be it open or lost. */
    boolean answered() {
        return answered;
    }

    /** Why there is no stream; OK when there is one. From any thread. */
    Status status() {
        return status;
    }

    void close() {
        if (stream != null) {
            stream.close("this proxy stops");
            stream = null;
        }
        shutdownChannel();
    }

    private void shutdownChannel() {
        if (channel != null) {
            channel.shutdownNow();
            channel = null;
        }
    }
}
