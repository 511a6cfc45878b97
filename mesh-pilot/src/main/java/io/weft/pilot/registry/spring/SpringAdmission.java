package io.weft.pilot.registry.spring;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.SpringRoute;
import io.weft.pilot.source.Admission;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A SpringRoute must have an id of its own in every gateway, and at least one of the gateways it selects must have everything it needs. While no such
 * gateway is known nothing is checked.
 */
public final class SpringAdmission implements Admission {

    private static final int NAMED = 5;

    private final KnownGateways known;
    private final String rootNamespace;

    public SpringAdmission(KnownGateways known, String rootNamespace) {
        this.known = known;
        this.rootNamespace = rootNamespace;
    }

    @Override
    public List<Problem> problems(ConfigObject object, Collection<ConfigObject> all) {
        if (!(object instanceof SpringRoute route)) {
            return List.of();
        }
        List<Problem> problems = new ArrayList<>();
        ObjectKey holder = holder(route, all);
        if (holder != null) {
            problems.add(new Problem(
                    route.id() == null ? "metadata.name" : "spec.id",
                    Problem.shown(route.routeId()) + " is the id of " + holder
                            + " already (expected: another spec.id, or selectors that cannot match one gateway)"));
        }
        problems.addAll(missing(route));
        return List.copyOf(problems);
    }

    /** Which other route has this one's id in some gateway; null: none. */
    public static @Nullable ObjectKey holder(SpringRoute route, Collection<ConfigObject> all) {
        for (ConfigObject other : all) {
            if (other instanceof SpringRoute holder && clash(route, holder)) {
                return holder.key();
            }
        }
        return null;
    }

    private static boolean clash(SpringRoute one, SpringRoute other) {
        if (one.key().equals(other.key()) || !one.routeId().equals(other.routeId())) {
            return false;
        }
        // Two selectors that want different values of one label match no gateway both.
        return one.selector().entrySet().stream()
                .allMatch(label -> other.selector().getOrDefault(label.getKey(), label.getValue()).equals(label.getValue()));
    }

    /** What no gateway has, with the gateways that were asked; nothing if one of them has everything. */
    private List<Problem> missing(SpringRoute route) {
        Map<Problem, List<String>> asked = new LinkedHashMap<>();
        for (KnownGateway gateway : known.all()) {
            if (gateway.isSelectedBy(route, rootNamespace)) {
                List<Problem> problems = FactoryCheck.problems(route, gateway.catalog());
                if (problems.isEmpty()) {
                    return List.of();
                }
                problems.forEach(problem -> asked.computeIfAbsent(problem, p -> new ArrayList<>()).add(gateway.name()));
            }
        }
        List<Problem> problems = new ArrayList<>();
        asked.forEach((problem, names) -> problems.add(
                new Problem(problem.field(), problem.message() + "; gateways asked: " + named(names))));
        return problems;
    }

    private static String named(List<String> names) {
        List<String> several = names.stream().distinct().toList();
        String shown = String.join(", ", several.subList(0, Math.min(NAMED, several.size())));
        return several.size() > NAMED ? shown + " and " + (several.size() - NAMED) + " more" : shown;
    }
}
