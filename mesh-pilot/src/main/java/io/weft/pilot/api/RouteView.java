package io.weft.pilot.api;

import io.weft.pilot.model.Problem;
import io.weft.pilot.model.SpringRoute;
import io.weft.pilot.model.SpringUri;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.registry.spring.FactoryCheck;
import io.weft.pilot.registry.spring.KnownGateway;
import io.weft.pilot.registry.spring.KnownGateways;
import io.weft.pilot.routing.ServiceScope;
import io.weft.pilot.routing.SpringTarget;
import io.weft.pilot.routing.TrafficRules;
import io.weft.pilot.source.AcceptedObject;
import io.weft.pilot.state.MeshState;
import io.weft.pilot.state.StateStore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Routes as Spring Cloud Gateway's Actuator shows them, and in a field of our own ({@code weft}) what the mesh knows of each: its object, the cluster it
 * means, and which gateways get it or lack something for it.
 */
public final class RouteView {

    private final StateStore states;
    private final KnownGateways known;

    public RouteView(StateStore states, KnownGateways known) {
        this.states = states;
        this.known = known;
    }

    Map<String, Object> of(AcceptedObject object) {
        return of(List.of(object)).get(0);
    }

    List<Map<String, Object>> of(List<AcceptedObject> objects) {
        Showing showing = new Showing(states.current(), known.all());
        return objects.stream().map(each -> showing.show((SpringRoute) each.object())).toList();
    }

    /** What a dry run would write. */
    static Object drafts(List<RouteBody> bodies) {
        List<Map<String, Object>> drafts = new ArrayList<>();
        for (RouteBody body : bodies) {
            Map<String, Object> draft = new LinkedHashMap<>();
            draft.put("id", body.id());
            draft.putAll(body.fields());
            drafts.add(draft);
        }
        return bodies.get(0).place().isEmpty() ? drafts.get(0) : drafts;
    }

    private final class Showing {

        private final MeshState state;
        private final List<KnownGateway> gateways;
        private final Map<String, ServiceScope> scopes = new HashMap<>();
        private final Map<String, TrafficRules> rules = new HashMap<>();

        Showing(MeshState state, List<KnownGateway> gateways) {
            this.state = state;
            this.gateways = gateways;
        }

        Map<String, Object> show(SpringRoute route) {
            Map<String, Object> shown = new LinkedHashMap<>();
            shown.put("route_id", route.routeId());
            shown.put("id", route.routeId());
            shown.put("uri", route.uri().text());
            shown.put("predicates", factories(route.predicates()));
            shown.put("filters", factories(route.filters()));
            shown.put("order", route.orderOrDefault());
            shown.put("metadata", route.metadata());
            if (!route.selector().isEmpty()) {
                shown.put("selector", route.selector());
            }
            shown.put("weft", ours(route));
            return shown;
        }

        private static List<Map<String, Object>> factories(List<SpringRoute.Factory> factories) {
            List<Map<String, Object>> shown = new ArrayList<>();
            factories.forEach(factory -> {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("name", factory.name());
                one.put("args", factory.args());
                shown.add(one);
            });
            return shown;
        }

        private Map<String, Object> ours(SpringRoute route) {
            Map<String, Object> ours = new LinkedHashMap<>();
            ours.put("namespace", route.namespace());
            ours.put("name", route.name());
            ours.put("resourceVersion", route.meta().resourceVersion());
            ours.put("created", route.meta().creationTimestamp().toString());
            List<String> problems = new ArrayList<>();
            if (route.uri().scheme() == SpringUri.Scheme.SERVICE) {
                SpringTarget target = target(route);
                ours.put("cluster", target.target().cluster());
                if (target.problem() != null) {
                    problems.add("uri: " + target.problem());
                }
            }
            List<Map<String, Object>> selected = new ArrayList<>();
            for (KnownGateway gateway : gateways) {
                if (gateway.isSelectedBy(route, state.settings().rootNamespace())) {
                    selected.add(gateway(route, gateway));
                }
            }
            if (selected.isEmpty()) {
                problems.add("no gateway that it selects is known, so nothing has checked its predicates and filters yet");
            }
            ours.put("checked", !selected.isEmpty());
            ours.put("gateways", selected);
            ours.put("problems", problems);
            return ours;
        }

        private Map<String, Object> gateway(SpringRoute route, KnownGateway gateway) {
            List<String> missing = RouteBody.asWritten(FactoryCheck.problems(route, gateway.catalog())).stream()
                    .map(Problem::toString)
                    .toList();
            Map<String, Object> shown = new LinkedHashMap<>();
            shown.put("name", gateway.name());
            shown.put("connected", known.isConnected(gateway));
            shown.put("missing", missing);
            return shown;
        }

        private SpringTarget target(SpringRoute route) {
            String namespace = route.namespace();
            ServiceScope services = scopes.computeIfAbsent(namespace, each -> ServiceScope.all(state, each));
            SpringTarget target =
                    SpringTarget.resolve(route.uri(), namespace, services, state.settings().clusterDomain());
            MeshService service = target.service();
            return service == null
                    ? target
                    : target.withRule(rules.computeIfAbsent(namespace, each -> new TrafficRules(state, each, Map.of()))
                            .of(service));
        }
    }
}
