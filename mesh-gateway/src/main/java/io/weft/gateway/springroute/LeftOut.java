package io.weft.gateway.springroute;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.factory.JsonToGrpcGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.rewrite.ModifyRequestBodyGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.rewrite.ModifyResponseBodyGatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.ReadBodyRoutePredicateFactory;
import org.springframework.util.ClassUtils;

/** Spring's own factories that a route which comes as data cannot use, or must not. A team's own beans are never among them, whatever they extend. */
final class LeftOut {

    /** Without it they are made, and fail every request. */
    private static final String TAKES_CODE = "takes a Java function, which a SpringRoute cannot carry: use a bean of your own";

    private static final Map<Class<?>, String> REASONS = Map.of(
            ModifyRequestBodyGatewayFilterFactory.class, TAKES_CODE,
            ModifyResponseBodyGatewayFilterFactory.class, TAKES_CODE,
            ReadBodyRoutePredicateFactory.class, TAKES_CODE,
            JsonToGrpcGatewayFilterFactory.class, "opens a connection of its own, past the mesh's clusters and mutual TLS");

    private LeftOut() {}

    /** Why a factory is not offered; null: it is. */
    static @Nullable String reason(Object factory) {
        return REASONS.get(ClassUtils.getUserClass(factory));
    }
}
