package io.weft.pilot.source.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the API server for its version now and then: on a connection that has died without a word a watch looks like one on which nothing happens. Any answer
 * will do, and who refuses a connection is heard by the watches as well; only silence is told.
 */
final class SignOfLife {

    private static final Logger log = LoggerFactory.getLogger(SignOfLife.class);

    private final Supplier<KubernetesClient> client;
    private final Duration patience;
    private final ScheduledExecutorService executor;
    private final Runnable silent;
    private volatile @Nullable String trouble;
    private volatile boolean closed;

    /**
     * Nothing is asked yet.
     *
     * @param client whose connections are meant
     * @param patience from one question to the next, and how long an answer may take
     * @param silent called on the executor each time when none came
     */
    SignOfLife(Supplier<KubernetesClient> client, Duration patience, ScheduledExecutorService executor, Runnable silent) {
        this.client = client;
        this.patience = patience;
        this.executor = executor;
        this.silent = silent;
    }

    void start() {
        if (!closed && !executor.isShutdown()) {
            executor.schedule(this::ask, patience.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void ask() {
        if (closed) {
            return;
        }
        try {
            question(client.get())
                    .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .whenCompleteAsync((answer, failure) -> heard(failure), executor);
        } catch (RuntimeException notEvenSent) {
            heard(notEvenSent);
        }
    }

    private CompletableFuture<HttpResponse<String>> question(KubernetesClient asked) {
        HttpClient http = asked.getHttpClient();
        HttpRequest version = http.newHttpRequestBuilder()
                .uri(asked.getMasterUrl() + "version")
                .timeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                .build();
        return http.sendAsync(version, String.class);
    }

    private void heard(@Nullable Throwable failure) {
        try {
            if (!isSilence(failure)) {
                if (trouble != null) {
                    log.info("The API server {} answers again", client.get().getMasterUrl());
                }
                trouble = null;
                return;
            }
            if (trouble == null) {
                log.warn("The API server {} has not answered for {} ms; what is in force stays, and it is connected to anew", client.get().getMasterUrl(), patience.toMillis());
            }
            trouble = "no answer within " + patience.toMillis() + " ms";
            silent.run();
        } catch (RuntimeException broken) {
            // Nobody waits for this task's outcome, and the next question must be asked.
            log.error("The API server cannot be connected to anew", broken);
        } finally {
            start();
        }
    }

    private static boolean isSilence(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException || cause instanceof HttpTimeoutException) {
                return true;
            }
        }
        return false;
    }

    /** What was not answered last; empty when it was. */
    Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    void stop() {
        closed = true;
    }
}
