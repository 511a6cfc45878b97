package io.weft.demo.team;

import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.cloud.gateway.filter.ratelimit.RateLimiter;
import reactor.core.publisher.Mono;

/**
 * A team's own limiter behind Spring Cloud Gateway's {@code RequestRateLimiter}: so many calls in each minute of the clock, per route and caller. In memory,
 * so each instance counts for itself; callers are identities of the mesh, so there are few of them.
 */
final class CallsPerMinute implements RateLimiter<Object> {

    /** Header of an answer: how many calls are left in this minute. */
    static final String LEFT = "x-calls-left";

    private final int limit;
    private final Clock clock;
    private final Map<String, Minute> callers = new ConcurrentHashMap<>();

    CallsPerMinute(int limit, Clock clock) {
        this.limit = limit;
        this.clock = clock;
    }

    private record Minute(long number, int calls) {}

    @Override
    public Mono<Response> isAllowed(String routeId, String caller) {
        long now = clock.millis() / 60_000;
        Minute minute = callers.merge(
                routeId + ' ' + caller,
                new Minute(now, 1),
                (before, first) -> before.number() == now ? new Minute(now, Math.min(before.calls(), limit) + 1) : first);
        int left = limit - minute.calls();
        return Mono.just(new Response(left >= 0, Map.of(LEFT, Integer.toString(Math.max(0, left)))));
    }

    @Override
    public Map<String, Object> getConfig() {
        return Map.of();
    }

    @Override
    public Class<Object> getConfigClass() {
        return Object.class;
    }

    @Override
    public Object newConfig() {
        return new Object();
    }
}
