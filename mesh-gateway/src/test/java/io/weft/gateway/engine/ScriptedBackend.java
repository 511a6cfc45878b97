package io.weft.gateway.engine;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * An application behind the gateway that does what the path says: {@code /status/<code>}, {@code /flaky/<n>} (503 for the first n), {@code /slow}, {@code /hang}, {@code /stream}
 * (without end), {@code /reset}, {@code /big/<bytes>}, {@code /ws}; everything else is an echo of method, target, chosen headers and body.
 */
final class ScriptedBackend implements AutoCloseable {

    final AtomicInteger calls = new AtomicInteger();
    final AtomicInteger streamsOpen = new AtomicInteger();
    final Map<String, String> lastHeaders = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> flaky = new ConcurrentHashMap<>();
    private final DisposableServer server;

    ScriptedBackend() {
        this(null);
    }

    /** @param certificate null: plain */
    ScriptedBackend(@Nullable TestCertificate certificate) {
        HttpServer plain = HttpServer.create()
                .runOn(BackendLoops.SHARED)
                .host("127.0.0.1")
                .port(0)
                .route(routes -> routes.ws("/ws", (in, out) -> out.sendString(in.receive().asString().map(text -> "echo:" + text)))
                        .route(request -> true, this::answer));
        server = (certificate == null ? plain : plain.secure(tls -> tls.sslContext(tls(certificate)))).bindNow(Duration.ofSeconds(10));
    }

    private static SslContext tls(TestCertificate certificate) {
        try {
            return SslContextBuilder.forServer(certificate.keys().getPrivate(), certificate.certificate()).build();
        } catch (SSLException e) {
            throw new IllegalStateException("a certificate that was just made is not taken", e);
        }
    }

    int port() {
        return server.port();
    }

    private Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
        calls.incrementAndGet();
        HttpHeaders headers = request.requestHeaders();
        lastHeaders.clear();
        headers.forEach(header -> lastHeaders.put(header.getKey().toLowerCase(java.util.Locale.ROOT), header.getValue()));
        String uri = request.uri();
        if (uri.startsWith("/status/")) {
            return text(request, response.status(Integer.parseInt(uri.substring(8))), "status");
        }
        if (uri.startsWith("/flaky/")) {
            int left = flaky.computeIfAbsent(uri, key -> new AtomicInteger(Integer.parseInt(uri.substring(7).split("/")[0]))).getAndDecrement();
            return text(request, response.status(left > 0 ? 503 : 200).header("x-left", Integer.toString(left)), left > 0 ? "flaky" : "recovered");
        }
        if (uri.startsWith("/slow")) {
            return Mono.delay(Duration.ofMillis(600)).thenMany(text(request, response, "slow"));
        }
        if (uri.startsWith("/hang")) {
            return Mono.never();
        }
        if (uri.startsWith("/reset")) {
            return Mono.fromRunnable(() -> request.withConnection(connection -> connection.channel().close()));
        }
        if (uri.startsWith("/stream")) {
            streamsOpen.incrementAndGet();
            request.withConnection(connection -> connection.onDispose(() -> streamsOpen.decrementAndGet()));
            return response.header("content-type", "text/event-stream")
                    .sendString(Flux.interval(Duration.ofMillis(2)).onBackpressureDrop().map(i -> "data: " + "x".repeat(1000) + "\n\n"));
        }
        if (uri.startsWith("/big/")) {
            int size = Integer.parseInt(uri.substring(5));
            return response.header("content-length", Integer.toString(size))
                    .sendByteArray(Flux.range(0, size / 1000).map(i -> new byte[1000]));
        }
        return request.receive()
                .aggregate()
                .asString()
                .defaultIfEmpty("")
                .flatMapMany(body -> text(
                        request,
                        response,
                        request.method() + " " + uri + " host=" + headers.get("host") + " x=" + headers.get("x-test") + " body=" + body.length() + ":"
                                + body.substring(0, Math.min(20, body.length()))));
    }

    private static Publisher<Void> text(HttpServerRequest request, HttpServerResponse response, String text) {
        return response.header("content-length", Integer.toString(text.length())).header("x-backend", "yes").sendString(Mono.just(text));
    }

    @Override
    public void close() {
        server.disposeNow(Duration.ofSeconds(5));
    }
}
