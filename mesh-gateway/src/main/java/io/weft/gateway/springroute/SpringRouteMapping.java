package io.weft.gateway.springroute;

import io.weft.gateway.filter.Handover;
import io.weft.gateway.filter.RouteTarget;
import io.weft.sidecar.http.Onward;
import java.util.ArrayList;
import java.util.List;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.core.env.Environment;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Stands where Spring Cloud Gateway's own mapping stands: distributed routes by the index, then the application's own routes as Spring looks them up. What was
 * forwarded inside the application ({@code forward:}, a fallback) is looked up among all of them.
 */
final class SpringRouteMapping extends RoutePredicateHandlerMapping {

    private final SpringRoutes routes;
    private final ApiVersions versions;

    /** @param own the application's own routes */
    SpringRouteMapping(
            SpringRoutes routes,
            FilteringWebHandler handler,
            RouteLocator own,
            GlobalCorsProperties cors,
            Environment environment,
            ApiVersions versions) {
        super(handler, own, cors, environment);
        this.routes = routes;
        this.versions = versions;
    }

    @Override
    protected Mono<Route> lookupRoute(ServerWebExchange exchange) {
        return versions.before(exchange, Mono.defer(() -> distributedOrOwn(exchange)));
    }

    private Mono<Route> distributedOrOwn(ServerWebExchange exchange) {
        boolean forwarded = exchange.getAttribute(ServerWebExchangeUtils.GATEWAY_ROUTE_ATTR) != null;
        Mono<LiveRoute> distributed = RouteChoice.choose(exchange, (host, path, method) -> {
            List<LiveRoute> late = routes.late(host, path, method);
            if (!forwarded) {
                return late;
            }
            List<LiveRoute> all = new ArrayList<>(routes.early(host, path, method));
            all.addAll(late);
            return all;
        });
        return distributed.map(live -> RouteChoice.taken(exchange, live)).switchIfEmpty(Mono.defer(() -> own(exchange)));
    }

    private Mono<Route> own(ServerWebExchange exchange) {
        return super.lookupRoute(exchange).doOnNext(route -> {
            RouteTarget.of(exchange, "");
            Onward request = Handover.of(exchange);
            if (request != null) {
                request.routeName(route.getId());
            }
        });
    }
}
