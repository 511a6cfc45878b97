package io.weft.gateway.springroute;

import org.jspecify.annotations.Nullable;
import org.springframework.web.accept.ApiVersionHolder;
import org.springframework.web.reactive.HandlerMapping;
import org.springframework.web.reactive.accept.ApiVersionStrategy;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * The API version of a request, for the predicate {@code Version}. Looked up here and not by the mappings' base class, for which (as of Spring 7.0) a request without a
 * version has no route at all where none is required.
 */
final class ApiVersions {

    private final @Nullable ApiVersionStrategy strategy;

    /** @param strategy null: the application has none, and routes cannot ask for versions */
    ApiVersions(@Nullable ApiVersionStrategy strategy) {
        this.strategy = strategy;
    }

    /**
     * {@code lookup}, once the version is known to predicates. As in Spring a version that is required and missing, that cannot be read or is not supported is the
     * client's error as soon as there is a route.
     */
    <T> Mono<T> before(ServerWebExchange exchange, Mono<T> lookup) {
        ApiVersionStrategy from = strategy;
        if (from == null) {
            return lookup;
        }
        return from.resolveParseAndValidateApiVersion(exchange)
                .map(version -> ApiVersionHolder.fromVersion(version))
                .onErrorResume(RuntimeException.class, refused -> Mono.just(ApiVersionHolder.fromError(refused)))
                .defaultIfEmpty(ApiVersionHolder.EMPTY)
                .flatMap(version -> {
                    exchange.getAttributes().put(HandlerMapping.API_VERSION_ATTRIBUTE, version);
                    return version.hasError() ? lookup.flatMap(found -> Mono.error(version.getError())) : lookup;
                });
    }
}
