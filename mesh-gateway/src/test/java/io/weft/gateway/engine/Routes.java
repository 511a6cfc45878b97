package io.weft.gateway.engine;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Values;
import io.weft.api.gateway.v1alpha1.Factory;
import io.weft.api.gateway.v1alpha1.SpringRoute;
import io.weft.gateway.springroute.SpringRoutes;
import io.weft.sidecar.xds.ConfigTarget;
import io.weft.sidecar.xds.RawResource;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Distributed routes as the control plane would send them. */
final class Routes {

    private final SpringRoute.Builder route = SpringRoute.newBuilder();

    private Routes(String name) {
        route.setName("default/" + name).setId(name).setCreated(Timestamp.newBuilder().setSeconds(1));
    }

    static Routes route(String name) {
        return new Routes(name);
    }

    /** To the backend's cluster. */
    Routes toBackend() {
        return to("lb://backend:80", MeshResources.CLUSTER);
    }

    Routes to(String uri, String cluster) {
        route.setUri(uri).setCluster(cluster);
        return this;
    }

    Routes to(String uri) {
        return to(uri, "");
    }

    Routes order(int order) {
        route.setOrder(order);
        return this;
    }

    /** In shortcut form: {@code Path=/a,/b}. */
    Routes when(String... predicates) {
        Arrays.stream(predicates).forEach(text -> route.addPredicates(shortcut(text)));
        return this;
    }

    /** In shortcut form: {@code AddRequestHeader=a,b}. */
    Routes with(String... filters) {
        Arrays.stream(filters).forEach(text -> route.addFilters(shortcut(text)));
        return this;
    }

    /** In full form: name, then argument names and values in turn. */
    Routes withFull(String name, String... args) {
        Factory.Builder filter = Factory.newBuilder().setName(name);
        for (int i = 0; i < args.length; i += 2) {
            filter.putArgs(args[i], args[i + 1]);
        }
        route.addFilters(filter);
        return this;
    }

    Routes metadata(String key, double value) {
        route.setMetadata(Struct.newBuilder().putFields(key, Values.of(value)));
        return this;
    }

    private static Factory shortcut(String text) {
        int equals = text.indexOf('=');
        Factory.Builder factory = Factory.newBuilder().setName(equals < 0 ? text : text.substring(0, equals));
        if (equals >= 0) {
            String[] values = text.substring(equals + 1).split(",");
            for (int i = 0; i < values.length; i++) {
                factory.putArgs("_genkey_" + i, values[i]);
            }
        }
        return factory.build();
    }

    /** Whether a predicate or filter of that name is used. */
    boolean uses(String factory) {
        return Stream.concat(route.getPredicatesList().stream(), route.getFiltersList().stream()).anyMatch(used -> used.getName().equals(factory));
    }

    RawResource raw() {
        return new RawResource(route.getName(), "1", Any.pack(route.build(), "type.googleapis.com"));
    }

    static void apply(SpringRoutes routes, Routes... changed) {
        List<ConfigTarget.Refused> refused = tryApply(routes, changed);
        if (!refused.isEmpty()) {
            throw new AssertionError(refused.toString());
        }
    }

    static List<ConfigTarget.Refused> tryApply(SpringRoutes routes, Routes... changed) {
        return routes.apply(Arrays.stream(changed).map(Routes::raw).toList(), List.of());
    }

    static void remove(SpringRoutes routes, String... names) {
        routes.apply(List.of(), Arrays.stream(names).map(name -> "default/" + name).toList());
    }
}
