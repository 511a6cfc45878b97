package io.weft.pilot.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Spring Cloud Gateway route that this mesh's gateways take.
 *
 * @param selector labels of the proxies that get it; empty: every gateway
 * @param id Spring Cloud Gateway's; null: the object's name
 * @param predicates all of them must match; empty: every request
 * @param filters in the order written
 * @param order lower is asked first, below 0 before the mesh's own routes; null: 0
 * @param metadata what filters may read: strings, numbers, booleans, lists and mappings
 */
public record SpringRoute(
        ObjectMeta meta,
        Map<String, String> selector,
        @Nullable String id,
        SpringUri uri,
        List<Factory> predicates,
        List<Factory> filters,
        @Nullable Integer order,
        Map<String, ?> metadata)
        implements ConfigObject {

    /** How a proxy says that it knows these. */
    public static final String EXTENSION = "spring-routes";

    public SpringRoute {
        selector = Copies.ordered(selector);
        predicates = List.copyOf(predicates);
        filters = List.copyOf(filters);
        metadata = Copies.ordered(metadata);
    }

    @Override
    public SpringRoute withMeta(ObjectMeta newMeta) {
        return new SpringRoute(newMeta, selector, id, uri, predicates, filters, order, metadata);
    }

    /** The id it has in the gateways. */
    public String routeId() {
        return id == null ? name() : id;
    }

    /** What says where it stands among others. */
    public int orderOrDefault() {
        return order == null ? 0 : order;
    }

    /**
     * Whether a proxy is to get it. Gateways take routes of every namespace, as they take VirtualServices; a sidecar only those that select it, from its
     * own namespace or the root one: nobody may put routes into another team's workload, and a route for all gateways is none for all workloads.
     */
    public boolean selects(boolean gateway, String proxyNamespace, Map<String, String> labels, String rootNamespace) {
        boolean near = gateway
                || !selector.isEmpty() && (namespace().equals(proxyNamespace) || namespace().equals(rootNamespace));
        return near && labels.entrySet().containsAll(selector.entrySet());
    }

    /**
     * A predicate or a filter.
     *
     * @param name Spring Cloud Gateway's short name of its factory
     * @param args by name, or by position as {@code _genkey_0}, {@code _genkey_1}, …; values inside values as {@code patterns[0]} and {@code a.b}
     */
    public record Factory(String name, Map<String, String> args) {

        private static final String GENERATED = "_genkey_";

        public Factory {
            args = Copies.ordered(args);
        }

        /** The name an argument without name has. */
        public static String generatedName(int position) {
            return GENERATED + position;
        }

        public static boolean isGenerated(String argument) {
            return argument.startsWith(GENERATED);
        }
    }
}
