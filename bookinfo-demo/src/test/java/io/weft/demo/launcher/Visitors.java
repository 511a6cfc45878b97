package io.weft.demo.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Clients that ask for a page again and again on connections they keep, each until there is nobody to ask any more. */
final class Visitors implements AutoCloseable {

    private final AtomicInteger served = new AtomicInteger();
    private final List<String> errors = new CopyOnWriteArrayList<>();
    private final List<Thread> threads;
    private volatile boolean leaving;

    Visitors(URI page, int clients) {
        threads = IntStream.range(0, clients)
                .mapToObj(i -> {
                    Thread thread = new Thread(() -> visit(page), "visitor-" + i);
                    thread.setDaemon(true);
                    thread.start();
                    return thread;
                })
                .toList();
    }

    private void visit(URI page) {
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        HttpRequest request = HttpRequest.newBuilder(page).build();
        try {
            while (!leaving) {
                HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() != 200 || answer.body().contains("Error fetching")) {
                    errors.add(answer.statusCode() + " " + answer.body().lines().filter(line -> line.contains("Error")).toList());
                }
                served.incrementAndGet();
            }
        } catch (IOException nobodyThere) {
            leaving = true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void awaitServed(int pages) {
        await().atMost(Duration.ofSeconds(60))
                .failFast(() -> assertThat(leaving).as("somebody is served").isFalse())
                .until(() -> served.get() >= pages);
    }

    /** What happened until now was no fault of the stop's: a mesh that has just started on a busy machine may miss its own deadlines. */
    void forgive() {
        errors.clear();
    }

    /** What was not the whole page. */
    List<String> errors() {
        return errors;
    }

    @Override
    public void close() throws InterruptedException {
        leaving = true;
        for (Thread thread : threads) {
            thread.join(Duration.ofSeconds(10).toMillis());
        }
    }
}
