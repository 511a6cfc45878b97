package io.weft.gateway.springroute;

import io.weft.sidecar.resource.ResourceException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.config.GatewayProperties;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.route.Route;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionRouteLocator;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.core.NestedExceptionUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Makes a live route of a resource, by Spring's own locator, so that arguments, default filters and order mean what they mean in a
 * {@code RouteDefinition} of the application's own. Whatever is wrong with a route shows here, before it is in force. One thread at a time.
 */
final class RouteCompiler {

    private static final int MAX_REASON = 500;

    private final RouteFactories factories;
    private final RouteDefinitionRouteLocator locator;
    private final boolean indexPaths;
    /** What the locator is asked to make a route of. */
    private @Nullable RouteDefinition current;

    RouteCompiler(RouteFactories factories, GatewayProperties properties, ConfigurationService configuration, boolean indexPaths) {
        this.factories = factories;
        this.locator = new RouteDefinitionRouteLocator(
                () -> Flux.defer(() -> Mono.justOrEmpty(current)), rawPredicates(factories), rawFilters(factories), properties, configuration);
        this.indexPaths = indexPaths;
    }

    /** @throws ResourceException for a factory that is not there, or arguments that it does not take */
    LiveRoute compile(SpringRouteResource resource) {
        known("predicates", resource.predicates(), factories.predicates().keySet());
        known("filters", resource.filters(), factories.filters().keySet());
        RouteDefinition definition = definition(resource);
        Route route;
        try {
            route = route(definition, "route");
        } catch (ResourceException e) {
            blame(resource, definition);
            throw e;
        }
        try {
            return new LiveRoute(resource, route, IndexKeys.of(route, indexPaths));
        } catch (RuntimeException e) {
            // Predicates may be anybody's too, and one that cannot be looked at must not keep the other routes away.
            throw new ResourceException("predicates: " + reason(e));
        }
    }

    /** Spring's own message does not say which of them it is about: each is tried alone. */
    private void blame(SpringRouteResource resource, RouteDefinition definition) {
        for (int i = 0; i < resource.predicates().size(); i++) {
            RouteDefinition alone = empty(resource);
            alone.setPredicates(List.of(definition.getPredicates().get(i)));
            route(alone, "predicates[" + i + "] " + resource.predicates().get(i).name());
        }
        for (int i = 0; i < resource.filters().size(); i++) {
            RouteDefinition alone = empty(resource);
            alone.setFilters(List.of(definition.getFilters().get(i)));
            route(alone, "filters[" + i + "] " + resource.filters().get(i).name());
        }
    }

    private void known(String field, List<SpringRouteResource.Factory> used, Collection<String> names) {
        for (int i = 0; i < used.size(); i++) {
            String name = used.get(i).name();
            if (!names.contains(name)) {
                String reason = factories.leftOut().get(name);
                if (reason != null) {
                    throw new ResourceException(field + "[" + i + "]: " + name + " " + reason);
                }
                throw new ResourceException(field + "[" + i + "]: " + name + " (expected: one of " + near(name, names) + ")");
            }
        }
    }

    /** Those it may have meant; all when it is like none. */
    private static Collection<String> near(String name, Collection<String> names) {
        String asked = name.toLowerCase(Locale.ROOT);
        List<String> similar = names.stream()
                .filter(known -> {
                    String other = known.toLowerCase(Locale.ROOT);
                    return other.contains(asked) || asked.contains(other) || other.regionMatches(0, asked, 0, Math.min(4, asked.length()));
                })
                .toList();
        return similar.isEmpty() ? names : similar;
    }

    private Route route(RouteDefinition definition, String where) {
        current = definition;
        try {
            Route route = locator.getRoutes().blockFirst();
            if (route == null) {
                throw new ResourceException(where + ": refused (spring.cloud.gateway.server.webflux.fail-on-route-definition-error is false: see the log)");
            }
            return route;
        } catch (ResourceException e) {
            throw e;
        } catch (RuntimeException e) {
            // Factories may be anybody's: whatever they say about their arguments is the reason.
            throw new ResourceException(where + ": " + reason(e));
        }
    }

    private static String reason(RuntimeException e) {
        Throwable cause = NestedExceptionUtils.getMostSpecificCause(e);
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        String line = text.lines().map(String::strip).filter(part -> !part.isEmpty()).reduce((a, b) -> a + "; " + b).orElse("");
        return line.length() > MAX_REASON ? line.substring(0, MAX_REASON) + "…" : line;
    }

    @SuppressWarnings("rawtypes")
    private static List<RoutePredicateFactory> rawPredicates(RouteFactories factories) {
        return new ArrayList<>(factories.predicates().values());
    }

    @SuppressWarnings("rawtypes")
    private static List<GatewayFilterFactory> rawFilters(RouteFactories factories) {
        return new ArrayList<>(factories.filters().values());
    }

    private static RouteDefinition empty(SpringRouteResource resource) {
        RouteDefinition definition = new RouteDefinition();
        definition.setId(resource.id());
        definition.setUri(resource.uri());
        definition.setOrder(resource.order());
        definition.setMetadata(resource.metadata());
        return definition;
    }

    private static RouteDefinition definition(SpringRouteResource resource) {
        RouteDefinition definition = empty(resource);
        definition.setPredicates(resource.predicates().stream()
                .map(factory -> {
                    PredicateDefinition predicate = new PredicateDefinition();
                    predicate.setName(factory.name());
                    predicate.setArgs(factory.args());
                    return predicate;
                })
                .toList());
        definition.setFilters(resource.filters().stream()
                .map(factory -> {
                    FilterDefinition filter = new FilterDefinition();
                    filter.setName(factory.name());
                    filter.setArgs(factory.args());
                    return filter;
                })
                .toList());
        return definition;
    }
}
