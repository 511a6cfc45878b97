package io.weft.gateway.springroute;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.util.Values;
import java.beans.PropertyDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.beans.BeanUtils;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.RequestRateLimiterGatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.cloud.gateway.support.Configurable;
import org.springframework.cloud.gateway.support.ShortcutConfigurable;

/** The predicate and filter factories of this application that routes may use, Spring's and the user's own, by their short names. */
public final class RouteFactories {

    private static final int MOST_NAMES = 64;

    private final Map<String, RoutePredicateFactory<?>> predicates = new TreeMap<>();
    private final Map<String, GatewayFilterFactory<?>> filters = new TreeMap<>();
    private final Map<String, String> leftOut = new TreeMap<>();

    RouteFactories(List<RoutePredicateFactory<?>> predicates, List<GatewayFilterFactory<?>> filters, LeftOut without) {
        predicates.forEach(factory -> offer(factory.name(), factory, this.predicates, without));
        filters.forEach(factory -> offer(factory.name(), factory, this.filters, without));
    }

    private <T> void offer(String name, T factory, Map<String, T> offered, LeftOut without) {
        String reason = without.reason(factory);
        if (reason == null) {
            offered.put(name, factory);
        } else {
            leftOut.put(name, reason);
        }
    }

    Map<String, RoutePredicateFactory<?>> predicates() {
        return predicates;
    }

    Map<String, GatewayFilterFactory<?>> filters() {
        return filters;
    }

    /** Names of those that the application has, but routes may not use, each with the reason. */
    Map<String, String> leftOut() {
        return leftOut;
    }

    /** What the control plane is told of them: {@code WEFT_SPRING} in docs/contracts.md. */
    public Struct metadata() {
        Struct.Builder ofPredicates = Struct.newBuilder();
        predicates.forEach((name, factory) -> ofPredicates.putFields(name, Values.of(describe(factory, factory))));
        Struct.Builder ofFilters = Struct.newBuilder();
        filters.forEach((name, factory) -> ofFilters.putFields(name, Values.of(describe(factory, factory))));
        return Struct.newBuilder()
                .putFields("predicates", Values.of(ofPredicates.build()))
                .putFields("filters", Values.of(ofFilters.build()))
                .build();
    }

    private static Struct describe(ShortcutConfigurable shortcut, Configurable<?> factory) {
        Struct.Builder description = Struct.newBuilder()
                .putFields("args", Values.of(list(shortcut.shortcutFieldOrder())))
                .putFields("shortcut", Values.of(shortcut.shortcutType().name()));
        Class<?> config = factory.getConfigClass();
        // A rate limiter's arguments have the prefix of whichever limiter is used, a map's are anything: those are not checked by name.
        if (!(factory instanceof RequestRateLimiterGatewayFilterFactory) && config != null && !Map.class.isAssignableFrom(config)) {
            description.putFields("names", Values.of(list(names(config))));
        }
        return description.build();
    }

    private static List<String> names(Class<?> config) {
        List<String> names = new ArrayList<>();
        for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(config)) {
            Class<?> type = property.getPropertyType();
            boolean collection = type != null && Collection.class.isAssignableFrom(type);
            // A chained setter is none to the bean specification, but Spring's binder takes it.
            boolean settable = property.getWriteMethod() != null || collection || hasSetter(config, property.getName());
            if (settable && names.size() < MOST_NAMES) {
                names.add(property.getName());
            }
        }
        return names;
    }

    private static boolean hasSetter(Class<?> config, String property) {
        String setter = "set" + Character.toUpperCase(property.charAt(0)) + property.substring(1);
        return Arrays.stream(config.getMethods()).anyMatch(method -> method.getName().equals(setter) && method.getParameterCount() == 1);
    }

    private static ListValue list(List<String> strings) {
        ListValue.Builder list = ListValue.newBuilder();
        strings.forEach(string -> list.addValues(Values.of(string)));
        return list.build();
    }
}
