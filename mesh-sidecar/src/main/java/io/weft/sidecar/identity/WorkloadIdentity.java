package io.weft.sidecar.identity;

import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps this workload's certificate fresh: from disk at the start, from the CA at half of its life, at once when the trust anchors
 * change. While the CA is away the one held stays in force. Asking, writing and telling happen on one thread of its own.
 */
public final class WorkloadIdentity implements IdentitySource, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(WorkloadIdentity.class);

    /** Looked at the wall clock this often: timers stand still while a laptop sleeps. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    /** Parts that start together find each other within this; longer is worth a warning. */
    private static final Duration SHORT = Duration.ofSeconds(5);

    private final WorkloadIdentityConfig config;
    private final CaClient ca;
    private final RootFile rootFile;
    private final TokenFile tokenFile;
    private final SvidCache cache;
    private final Clock clock = Clock.systemUTC();
    private final ScheduledExecutorService worker;
    private final List<Consumer<Svid>> listeners = new CopyOnWriteArrayList<>();
    private final CountDownLatch first = new CountDownLatch(1);

    private volatile @Nullable Svid current;
    private volatile @Nullable String trouble = "not asked for a certificate yet";

    // Of the worker only.
    private @Nullable Instant renewAt;
    private @Nullable Instant retryAt;
    private int failures;
    private boolean quiet;
    private final long startedAt = System.nanoTime();

    private WorkloadIdentity(WorkloadIdentityConfig config) {
        this.config = config;
        this.ca = new CaClient(config);
        this.rootFile = new RootFile(config.rootCert());
        this.tokenFile = new TokenFile(config.tokenFile(), config.projectedToken());
        this.cache = new SvidCache(config.id(), config.cacheDir());
        this.worker = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "identity-" + config.id().serviceAccount());
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Uses the certificate on disk, if it still holds, before this returns; then asks the CA in the background. */
    public static WorkloadIdentity start(WorkloadIdentityConfig config) {
        WorkloadIdentity identity = new WorkloadIdentity(config);
        identity.loadCached();
        identity.worker.execute(identity::look);
        return identity;
    }

    public SpiffeId id() {
        return config.id();
    }

    @Override
    public @Nullable Svid current() {
        return current;
    }

    /** What is wrong now, in words for an operator; null if there is a valid certificate and the last question was answered. */
    public @Nullable String trouble() {
        Svid held = current;
        String last = trouble;
        if (held == null) {
            return "no certificate for " + config.id() + ": " + last;
        }
        if (!held.validAt(clock.instant())) {
            return "the certificate of " + config.id() + " expired at " + held.notAfter() + (last == null ? "" : ": " + last);
        }
        return last == null ? null : "the certificate of " + config.id() + " is not renewed (valid until " + held.notAfter() + "): " + last;
    }

    /** Waits for the first certificate; false if there is none in time. */
    public boolean awaitFirst(Duration timeout) throws InterruptedException {
        return first.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized Subscription subscribe(Consumer<Svid> listener) {
        // A wrapper of its own, so that one listener may subscribe twice and end each alone.
        Consumer<Svid> entry = svid -> listener.accept(svid);
        Svid held = current;
        if (held != null) {
            entry.accept(held);
        }
        listeners.add(entry);
        return () -> listeners.remove(entry);
    }

    /** Stops asking; the certificate held stays readable. */
    @Override
    public void close() {
        worker.shutdownNow();
    }

    private void loadCached() {
        List<X509Certificate> roots = null;
        try {
            roots = rootFile.read();
        } catch (IdentityException e) {
            log.debug("{}: trusting the roots saved", e.getMessage());
        }
        cache.load(roots).ifPresent(svid -> {
            log.info("serving as {} with the certificate on disk, valid until {}", svid.id(), svid.notAfter());
            trouble = null;
            publish(svid);
        });
    }

    private void look() {
        Duration next = LOOK;
        try {
            next = renewIfDue();
        } catch (RuntimeException e) {
            // Must not end the schedule: the certificate would silently run out.
            log.error("asking for a certificate for {} failed", config.id(), e);
            failed("internal: " + e);
        }
        if (!worker.isShutdown()) {
            worker.schedule(this::look, Math.max(10, next.toMillis()), TimeUnit.MILLISECONDS);
        }
    }

    private Duration renewIfDue() {
        Instant now = clock.instant();
        if (retryAt != null && now.isBefore(retryAt) && Duration.between(now, retryAt).compareTo(LOOK.multipliedBy(12)) < 0) {
            return shorter(LOOK, Duration.between(now, retryAt));
        }
        try {
            List<X509Certificate> roots = rootFile.read();
            Svid held = current;
            boolean sameRoots = held != null && held.roots().equals(roots);
            if (!sameRoots || renewAt == null || !now.isBefore(renewAt)) {
                Svid svid = ask(sameRoots && held.validAt(now) ? held : null, roots);
                log.info("certificate for {} valid until {}", svid.id(), svid.notAfter());
                cache.save(svid);
                publish(svid);
            }
            failures = 0;
            retryAt = null;
            trouble = null;
        } catch (IdentityException e) {
            failed(e.getMessage());
        }
        Instant wake = retryAt != null ? retryAt : renewAt;
        return wake == null ? LOOK : shorter(LOOK, Duration.between(clock.instant(), wake));
    }

    /** By the certificate while it is good; by the token otherwise, or if the CA does not take the certificate. */
    private Svid ask(@Nullable Svid held, List<X509Certificate> roots) throws IdentityException {
        if (held == null) {
            return ca.request(tokenFile.read(), roots);
        }
        try {
            return ca.renew(held, roots);
        } catch (IdentityException byCertificate) {
            try {
                return ca.request(tokenFile.read(), roots);
            } catch (IdentityException byToken) {
                throw new IdentityException(byCertificate.getMessage() + "; by token: " + byToken.getMessage());
            }
        }
    }

    private void failed(String why) {
        failures++;
        Svid held = current;
        Instant now = clock.instant();
        Duration left = held == null ? Duration.ZERO : Duration.between(now, held.notAfter());
        retryAt = now.plus(RenewalTimes.retryIn(failures, left));
        boolean starting = held == null && System.nanoTime() - startedAt < SHORT.toNanos();
        if (!why.equals(trouble) || quiet && !starting) {
            trouble = why;
            quiet = starting;
            log.atLevel(starting ? Level.INFO : Level.WARN).log("{}", trouble());
        }
    }

    private synchronized void publish(Svid svid) {
        current = svid;
        renewAt = RenewalTimes.renewAt(svid);
        first.countDown();
        for (Consumer<Svid> listener : listeners) {
            try {
                listener.accept(svid);
            } catch (RuntimeException e) {
                log.error("a listener failed on the new certificate of {}", svid.id(), e);
            }
        }
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
