package io.weft.gateway.engine;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** An application behind the gateway: says what it was asked; {@code …/slow} takes half a second, {@code …/ws} is a WebSocket that echoes. */
final class Backend implements AutoCloseable {

    final AtomicInteger calls = new AtomicInteger();
    private final DisposableServer server = HttpServer.create()
            .runOn(BackendLoops.SHARED)
            .host("127.0.0.1")
            .port(0)
            .route(routes -> routes.ws("/{where}/ws", (in, out) -> out.sendString(in.receive()
                            .asString()
                            .map(text -> "echo:" + text)))
                    .route(request -> true, this::answer))
            .bindNow(Duration.ofSeconds(10));

    int port() {
        return server.port();
    }

    private Mono<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        calls.incrementAndGet();
        Duration delay = request.uri().contains("/slow") ? Duration.ofMillis(500) : Duration.ZERO;
        return request.receive()
                .aggregate()
                .asString()
                .defaultIfEmpty("")
                .delayElement(delay)
                .flatMap(body -> {
                    String text = "backend:" + request.method() + " " + request.uri() + ":" + body;
                    return response.header("content-length", Integer.toString(text.length()))
                            .sendString(Mono.just(text))
                            .then();
                });
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(5));
    }
}
