package io.weft.gateway.springroute;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.factory.JsonToGrpcGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.rewrite.ModifyRequestBodyGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.rewrite.ModifyResponseBodyGatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.ReadBodyRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.VersionRoutePredicateFactory;
import org.springframework.util.ClassUtils;

/** Spring's own factories that a route which comes as data cannot use, or must not. A team's own beans are never among them, whatever they extend. */
final class LeftOut {

    /** Without it they are made, and fail every request. */
    private static final String TAKES_CODE = "takes a Java function, which a SpringRoute cannot carry: use a bean of your own";

    private final Map<Class<?>, String> reasons = new HashMap<>();

    /** @param versions the application says where a request's API version stands; without it {@code Version} breaks on every request */
    LeftOut(boolean versions) {
        reasons.put(ModifyRequestBodyGatewayFilterFactory.class, TAKES_CODE);
        reasons.put(ModifyResponseBodyGatewayFilterFactory.class, TAKES_CODE);
        reasons.put(ReadBodyRoutePredicateFactory.class, TAKES_CODE);
        reasons.put(JsonToGrpcGatewayFilterFactory.class, "opens a connection of its own, past the mesh's clusters and mutual TLS");
        if (!versions) {
            reasons.put(VersionRoutePredicateFactory.class, "needs to know where a version stands: set spring.webflux.apiversion.use.* of this gateway");
        }
    }

    /** Why a factory is not offered; null: it is. */
    @Nullable String reason(Object factory) {
        return reasons.get(ClassUtils.getUserClass(factory));
    }
}
