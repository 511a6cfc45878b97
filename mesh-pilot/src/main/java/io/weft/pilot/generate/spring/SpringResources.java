package io.weft.pilot.generate.spring;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import com.google.protobuf.Value;
import io.weft.api.gateway.v1alpha1.Factory;
import io.weft.pilot.generate.GeneratedResource;
import io.weft.pilot.generate.Proxy;
import io.weft.pilot.model.SpringRoute;
import io.weft.pilot.model.SpringUri;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.registry.spring.FactoryCheck;
import io.weft.pilot.registry.spring.SpringCatalog;
import io.weft.pilot.routing.ServiceScope;
import io.weft.pilot.routing.SpringTarget;
import io.weft.pilot.state.MeshState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * SpringRoutes as resources, each made once for all proxies, and again only when the route or the cluster it means changed since the state before.
 * Thread-safe.
 */
public final class SpringResources {

    private final MeshState state;
    private final Map<Input, GeneratedResource> earlier;
    private final ConcurrentMap<Input, GeneratedResource> made = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, ServiceScope> scopes = new ConcurrentHashMap<>();

    /** @param before those of the state before, or null */
    public SpringResources(MeshState state, @Nullable SpringResources before) {
        this.state = state;
        this.earlier = before == null ? Map.of() : before.made;
    }

    private record Input(SpringRoute route, String cluster) {}

    /** @param service what it balances over; null: nothing of the mesh, or nothing that is there */
    public record Sent(GeneratedResource resource, @Nullable MeshService service) {}

    /** Those a proxy gets: it knows the extension, they select it, and it has everything they need. */
    public List<Sent> of(Proxy proxy) {
        if (!proxy.extensions().contains(SpringRoute.EXTENSION)) {
            return List.of();
        }
        String root = state.settings().rootNamespace();
        SpringCatalog catalog = proxy.spring();
        List<Sent> sent = new ArrayList<>();
        for (SpringRoute route : state.all(SpringRoute.class)) {
            boolean wanted = route.selects(proxy.isGateway(), proxy.namespace(), proxy.labels(), root)
                    && (catalog == null || FactoryCheck.problems(route, catalog).isEmpty());
            if (wanted) {
                sent.add(sent(route));
            }
        }
        return sent;
    }

    private Sent sent(SpringRoute route) {
        if (route.uri().scheme() != SpringUri.Scheme.SERVICE) {
            return new Sent(resource(route, ""), null);
        }
        ServiceScope services = scopes.computeIfAbsent(route.namespace(), namespace -> ServiceScope.all(state, namespace));
        SpringTarget target =
                SpringTarget.resolve(route.uri(), route.namespace(), services, state.settings().clusterDomain());
        return new Sent(resource(route, target.target().cluster()), target.service());
    }

    private GeneratedResource resource(SpringRoute route, String cluster) {
        return made.computeIfAbsent(new Input(route, cluster), input -> {
            GeneratedResource unchanged = earlier.get(input);
            return unchanged == null ? make(route, cluster) : unchanged;
        });
    }

    private static GeneratedResource make(SpringRoute route, String cluster) {
        String name = route.namespace() + "/" + route.name();
        Instant created = route.meta().creationTimestamp();
        io.weft.api.gateway.v1alpha1.SpringRoute.Builder message = io.weft.api.gateway.v1alpha1.SpringRoute.newBuilder()
                .setName(name)
                .setId(route.routeId())
                .setUri(route.uri().text())
                .setCluster(cluster)
                .setOrder(route.orderOrDefault())
                .setCreated(Timestamp.newBuilder().setSeconds(created.getEpochSecond()).setNanos(created.getNano()));
        route.predicates().forEach(predicate -> message.addPredicates(factory(predicate)));
        route.filters().forEach(filter -> message.addFilters(factory(filter)));
        if (!route.metadata().isEmpty()) {
            message.setMetadata(struct(route.metadata()));
        }
        return GeneratedResource.of(name, message.build());
    }

    private static Factory factory(SpringRoute.Factory factory) {
        return Factory.newBuilder().setName(factory.name()).putAllArgs(factory.args()).build();
    }

    private static Struct struct(Map<?, ?> map) {
        Struct.Builder struct = Struct.newBuilder();
        map.forEach((key, value) -> struct.putFields((String) key, value(value)));
        return struct.build();
    }

    private static Value value(@Nullable Object value) {
        Value.Builder built = Value.newBuilder();
        if (value instanceof Map<?, ?> map) {
            return built.setStructValue(struct(map)).build();
        }
        if (value instanceof List<?> list) {
            ListValue.Builder values = ListValue.newBuilder();
            list.forEach(each -> values.addValues(value(each)));
            return built.setListValue(values).build();
        }
        if (value instanceof Number number) {
            return built.setNumberValue(number.doubleValue()).build();
        }
        if (value instanceof Boolean flag) {
            return built.setBoolValue(flag).build();
        }
        return value == null
                ? built.setNullValue(NullValue.NULL_VALUE).build()
                : built.setStringValue(value.toString()).build();
    }
}
