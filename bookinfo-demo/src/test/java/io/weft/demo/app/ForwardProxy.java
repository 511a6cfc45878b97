package io.weft.demo.app;

import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.reactivestreams.Publisher;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/** Stands where a sidecar stands: takes plain HTTP requests, notes them, and answers for the host they name. */
public final class ForwardProxy implements AutoCloseable {

    public record Seen(String method, String target, HttpHeaders headers) {
        public String host() {
            return headers.get("Host");
        }
    }

    /** What is to be answered. */
    public interface Answer {
        Publisher<Void> to(Seen seen, HttpServerResponse response);
    }

    /** Its own: an app that closes takes the shared ones with it. */
    private final LoopResources loops = LoopResources.create("forward-proxy", 1, true);

    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final DisposableServer server;

    private ForwardProxy(Answer answer) {
        this.server = HttpServer.create()
                .runOn(loops)
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> answer.to(note(request), response))
                .bindNow(Duration.ofSeconds(5));
    }

    public static ForwardProxy answering(Answer answer) {
        return new ForwardProxy(answer);
    }

    public static Publisher<Void> json(HttpServerResponse response, String body) {
        return response.header("Content-Type", "application/json").sendString(reactor.core.publisher.Mono.just(body));
    }

    private Seen note(HttpServerRequest request) {
        Seen each = new Seen(request.method().name(), request.uri(), request.requestHeaders().copy());
        seen.add(each);
        return each;
    }

    public List<Seen> seen() {
        return seen;
    }

    public String address() {
        return "127.0.0.1:" + server.port();
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(5));
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block(Duration.ofSeconds(6));
    }
}
