package io.weft.gateway.springroute;

import io.weft.gateway.filter.Handover;
import io.weft.gateway.filter.RouteTarget;
import io.weft.sidecar.http.Onward;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.PathContainer;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Asks candidates whether they want a request, in their order, the first that does has it: as Spring does with all routes. */
final class RouteChoice {

    private static final Logger log = LoggerFactory.getLogger(RouteChoice.class);

    private RouteChoice() {}

    /** Finds candidates for what a request says. */
    interface Candidates {
        List<LiveRoute> of(@Nullable String host, PathContainer path, String method);
    }

    /** Empty when none wants it. */
    static Mono<LiveRoute> choose(ServerWebExchange exchange, Candidates candidates) {
        PathContainer path = (PathContainer) exchange.getAttributes()
                .computeIfAbsent(
                        ServerWebExchangeUtils.GATEWAY_PREDICATE_PATH_CONTAINER_ATTR,
                        none -> PathContainer.parsePath(exchange.getRequest().getURI().getRawPath()));
        String host = exchange.getRequest().getHeaders().getFirst(HttpHeaders.HOST);
        return first(exchange, candidates.of(host, path, exchange.getRequest().getMethod().name()), 0);
    }

    private static Mono<LiveRoute> first(ServerWebExchange exchange, List<LiveRoute> candidates, int from) {
        for (int i = from; i < candidates.size(); i++) {
            LiveRoute candidate = candidates.get(i);
            Publisher<Boolean> answer = ask(exchange, candidate.route());
            if (!(answer instanceof Callable<?> known)) {
                int next = i + 1;
                return Mono.from(answer)
                        .defaultIfEmpty(false)
                        .flatMap(wanted -> wanted ? Mono.just(candidate) : first(exchange, candidates, next));
            }
            if (Boolean.TRUE.equals(value(known))) {
                return Mono.just(candidate);
            }
        }
        return Mono.empty();
    }

    private static Publisher<Boolean> ask(ServerWebExchange exchange, Route route) {
        exchange.getAttributes().put(ServerWebExchangeUtils.GATEWAY_PREDICATE_ROUTE_ATTR, route.getId());
        try {
            return route.getPredicate().apply(exchange);
        } catch (RuntimeException e) {
            // As Spring has it: a predicate that breaks does not match.
            log.error("route {}: a predicate failed", route.getId(), e);
            return Mono.just(false);
        }
    }

    private static @Nullable Object value(Callable<?> known) {
        try {
            return known.call();
        } catch (Exception e) {
            throw new IllegalStateException("a predicate's answer that is already there could not be read", e);
        }
    }

    /** Gives the request to the route. */
    static Route taken(ServerWebExchange exchange, LiveRoute live) {
        RouteTarget.of(exchange, live.cluster());
        Onward request = Handover.of(exchange);
        if (request != null) {
            request.routeName(live.route().getId());
        }
        return live.route();
    }
}
