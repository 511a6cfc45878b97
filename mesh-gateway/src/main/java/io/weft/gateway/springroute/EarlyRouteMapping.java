package io.weft.gateway.springroute;

import io.weft.gateway.filter.Handover;
import io.weft.gateway.filter.MeshHandler;
import io.weft.sidecar.http.Onward;
import org.springframework.cloud.gateway.config.GlobalCorsProperties;
import org.springframework.cloud.gateway.handler.FilteringWebHandler;
import org.springframework.cloud.gateway.handler.RoutePredicateHandlerMapping;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The distributed routes that come before the mesh's, asked before anything else in the application. A request that came here only because one of them might have
 * wanted it goes back to the mesh's routes when none does and one of those claims it.
 */
final class EarlyRouteMapping extends RoutePredicateHandlerMapping {

    private static final String ASKED = EarlyRouteMapping.class.getName();

    private final SpringRoutes routes;
    private final MeshHandler mesh;
    private final ApiVersions versions;

    EarlyRouteMapping(
            SpringRoutes routes,
            MeshHandler mesh,
            FilteringWebHandler handler,
            GlobalCorsProperties cors,
            Environment environment,
            ApiVersions versions) {
        super(handler, Flux::empty, cors, environment);
        this.routes = routes;
        this.mesh = mesh;
        this.versions = versions;
        setOrder(Ordered.HIGHEST_PRECEDENCE);
    }

    /** What goes back does so past Spring's CORS, which would answer a preflight request by itself. */
    @Override
    public Mono<Object> getHandler(ServerWebExchange exchange) {
        Onward request = Handover.of(exchange);
        if (request == null || !request.first() || exchange.getAttributes().putIfAbsent(ASKED, true) != null) {
            return Mono.empty();
        }
        return super.getHandler(exchange)
                .switchIfEmpty(Mono.defer(() -> request.claimedByMesh() ? mesh.handler(exchange) : Mono.empty()));
    }

    @Override
    protected Mono<Route> lookupRoute(ServerWebExchange exchange) {
        return versions.before(
                exchange, Mono.defer(() -> RouteChoice.choose(exchange, routes::early).map(live -> RouteChoice.taken(exchange, live))));
    }
}
