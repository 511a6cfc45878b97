package io.weft.demo.app;

import io.netty.channel.Channel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * An app that is told to stop is still asked, until its sidecar's probe has found out and callers have heard of it. So before Boot's graceful shutdown closes the
 * port it serves on for a while: its {@code /health} is 503, and every answer ends its connection, or the next request on it would be lost.
 */
final class LameDuck implements WebFilter, Ordered, ApplicationListener<ContextClosedEvent>, ApplicationContextAware {

    private static final String HEALTH = "/health";
    private static final byte[] DRAINING = "{\"status\":\"draining\"}".getBytes(StandardCharsets.UTF_8);
    private static final long LOOK_MILLIS = 50;
    /** Longer than the time between two probes: a sidecar that is there has shown itself by then. */
    private static final Duration QUIET = Duration.ofSeconds(3);

    private final Duration drainTime;
    private final AtomicInteger connections = new AtomicInteger();
    private final CountDownLatch never = new CountDownLatch(1);
    private volatile long lastSeen = System.nanoTime() - QUIET.toNanos();
    private volatile long lastAsked;
    private volatile boolean draining;
    private @Nullable ApplicationContext context;

    LameDuck(Duration drainTime) {
        this.drainTime = drainTime;
        this.lastAsked = System.nanoTime() - drainTime.toNanos();
    }

    @Override
    public void setApplicationContext(ApplicationContext own) {
        context = own;
    }

    void accepted(Channel channel) {
        connections.incrementAndGet();
        channel.closeFuture().addListener(closed -> {
            lastSeen = System.nanoTime();
            connections.decrementAndGet();
        });
    }

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        boolean probe = exchange.getRequest().getPath().value().equals(HEALTH);
        if (!probe) {
            lastAsked = System.nanoTime();
        }
        if (!draining) {
            return chain.filter(exchange);
        }
        ServerHttpResponse response = exchange.getResponse();
        response.getHeaders().set(HttpHeaders.CONNECTION, "close");
        if (!probe) {
            return chain.filter(exchange);
        }
        response.setStatusCode(HttpStatus.SERVICE_UNAVAILABLE);
        response.getHeaders().setContentType(MediaType.APPLICATION_JSON);
        return response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(DRAINING)));
    }

    /** Holds the context's end up: this comes before anything of it stops. */
    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        if (event.getApplicationContext() != context) {
            return;
        }
        draining = true;
        long end = System.nanoTime() + drainTime.toNanos();
        try {
            while (System.nanoTime() - end < 0 && !deserted()) {
                never.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException now) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whoever has not asked for as long as the drain time lasts would not ask in it. */
    private boolean deserted() {
        long now = System.nanoTime();
        return now - lastAsked >= drainTime.toNanos() || connections.get() == 0 && now - lastSeen >= QUIET.toNanos();
    }
}
