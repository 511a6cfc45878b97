package io.weft.demo.launcher;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Asks the parts, over their own endpoints, whether they have what they need. */
final class Readiness {

    private static final Duration EACH = Duration.ofSeconds(2);
    private static final long PAUSE_MILLIS = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(EACH)
            .build();

    /**
     * Waits until all are ready.
     *
     * @param parts whom to ask
     * @param complain told every ten seconds who is not ready
     * @param stop ends the waiting
     * @return whether all are; false if it was stopped
     */
    boolean await(List<Part> parts, Consumer<List<String>> complain, CountDownLatch stop) throws InterruptedException {
        Map<String, URI> missing = new LinkedHashMap<>();
        for (Part part : parts) {
            URI readiness = part.readiness();
            if (readiness != null) {
                missing.put(part.name(), readiness);
            }
        }
        long complainAt = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            for (Map.Entry<String, URI> part : List.copyOf(missing.entrySet())) {
                if (isReady(part.getValue())) {
                    missing.remove(part.getKey());
                }
            }
            if (missing.isEmpty()) {
                return true;
            }
            if (System.nanoTime() - complainAt > 0) {
                complain.accept(missing.entrySet().stream()
                        .map(part -> part.getKey() + " (" + part.getValue() + ")")
                        .toList());
                complainAt = System.nanoTime() + PATIENCE.toNanos();
            }
            if (stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
    }

    /**
     * Waits until the answer at an address holds none of these texts any more.
     *
     * @return whether it did not in the end
     */
    boolean awaitWithout(URI address, List<String> texts, Duration atMost, CountDownLatch stop) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        do {
            try {
                HttpResponse<String> answer = client.send(
                        HttpRequest.newBuilder(address).timeout(EACH).build(), HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == 200 && texts.stream().noneMatch(answer.body()::contains)) {
                    return true;
                }
            } catch (IOException notYet) {
                // Asked again below.
            }
        } while (!stop.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS) && System.nanoTime() - end < 0);
        return false;
    }

    /** Whether the answer is that there is no such thing. */
    boolean isMissing(URI address) throws InterruptedException {
        return status(address) == 404;
    }

    private boolean isReady(URI readiness) throws InterruptedException {
        return status(readiness) == 200;
    }

    /** 0: no answer. */
    private int status(URI address) throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(address).timeout(EACH).build();
            return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (IOException notYet) {
            return 0;
        }
    }
}
