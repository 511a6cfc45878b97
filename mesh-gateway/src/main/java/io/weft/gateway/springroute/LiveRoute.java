package io.weft.gateway.springroute;

import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.route.Route;

/** A SpringRoute in force: what it was, what Spring made of it, how it is found. */
public final class LiveRoute {

    private final SpringRouteResource resource;
    private final Route route;
    private final IndexKeys keys;

    LiveRoute(SpringRouteResource resource, Route route, IndexKeys keys) {
        this.resource = resource;
        this.route = route;
        this.keys = keys;
    }

    /** Spring's. */
    public Route route() {
        return route;
    }

    /** The cluster behind an {@code lb:} URI; empty with every other scheme. */
    public String cluster() {
        return resource.cluster();
    }

    /** Whether the mesh's routes are asked after this one. */
    boolean early() {
        return resource.order() < 0;
    }

    /** The group that it has a share of; null: none. */
    @Nullable String weightGroup() {
        for (SpringRouteResource.Factory predicate : resource.predicates()) {
            if (predicate.name().equals("Weight")) {
                return predicate.args().getOrDefault("_genkey_0", predicate.args().getOrDefault("group", predicate.args().get("weight.group")));
            }
        }
        return null;
    }

    SpringRouteResource resource() {
        return resource;
    }

    IndexKeys keys() {
        return keys;
    }

    @Override
    public String toString() {
        return resource.id();
    }
}
