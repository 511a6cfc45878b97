package io.weft.gateway.engine;

import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** An application behind the gateway that remembers what it was asked, and answers what a test has prepared; without that 200 and {@code hello}. */
final class MirrorBackend implements AutoCloseable {

    /** One request as it came here. */
    record Asked(String method, String uri, HttpHeaders headers, String body) {}

    /** @param headers names and values in turn */
    record Answer(int status, String body, List<String> headers) {
        static Answer of(int status, String body, String... headers) {
            return new Answer(status, body, List.of(headers));
        }
    }

    private final Deque<Asked> asked = new ConcurrentLinkedDeque<>();
    private final Deque<Answer> prepared = new ConcurrentLinkedDeque<>();
    private final DisposableServer server = HttpServer.create()
            .runOn(BackendLoops.SHARED)
            .host("127.0.0.1")
            .port(0)
            .handle(this::answer)
            .bindNow(Duration.ofSeconds(10));

    int port() {
        return server.port();
    }

    /** For the next requests, one after the other. */
    void prepare(Answer... answers) {
        prepared.addAll(List.of(answers));
    }

    /** What it was asked since it was last looked at. */
    List<Asked> takeAsked() {
        List<Asked> all = new ArrayList<>();
        for (Asked next = asked.poll(); next != null; next = asked.poll()) {
            all.add(next);
        }
        return all;
    }

    /** For the next row. */
    void forget() {
        asked.clear();
        prepared.clear();
    }

    private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        return request.receive().aggregate().asString().defaultIfEmpty("").flatMapMany(body -> {
            asked.add(new Asked(request.method().name(), request.uri(), request.requestHeaders().copy(), body));
            Answer next = prepared.poll();
            Answer answer = next == null ? Answer.of(200, "hello") : next;
            response.status(answer.status()).header("content-length", Integer.toString(answer.body().length()));
            for (int i = 0; i < answer.headers().size(); i += 2) {
                response.addHeader(answer.headers().get(i), answer.headers().get(i + 1));
            }
            return response.sendString(Mono.just(answer.body()));
        });
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(5));
    }
}
