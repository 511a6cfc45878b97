package io.weft.pilot.registry.spring;

import io.weft.pilot.model.Problem;
import io.weft.pilot.model.SpringRoute;
import io.weft.pilot.model.SpringRoute.Factory;
import io.weft.pilot.model.parse.NearMatch;
import io.weft.pilot.registry.spring.SpringCatalog.Offer;
import io.weft.pilot.registry.spring.SpringCatalog.Shortcut;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Holds a route's predicates and filters against what one gateway has. */
public final class FactoryCheck {

    private final List<Problem> problems = new ArrayList<>();

    private FactoryCheck() {}

    /** What of the route this gateway does not have; empty if it has everything. */
    public static List<Problem> problems(SpringRoute route, SpringCatalog catalog) {
        FactoryCheck check = new FactoryCheck();
        check.factories("predicate", route.predicates(), catalog.predicates());
        check.factories("filter", route.filters(), catalog.filters());
        return List.copyOf(check.problems);
    }

    private void factories(String kind, List<Factory> factories, Map<String, Offer> offers) {
        for (int i = 0; i < factories.size(); i++) {
            Factory factory = factories.get(i);
            String field = "spec." + kind + "s[" + i + "]";
            Offer offer = offers.get(factory.name());
            if (offer == null) {
                List<String> near = NearMatch.several(factory.name(), offers.keySet());
                String hint = near.isEmpty() ? "" : " (did you mean `" + String.join("`, `", near) + "`?)";
                problems.add(new Problem(field + ".name", "there is no " + kind + " " + Problem.shown(factory.name()) + hint));
            } else {
                arguments(field, factory, offer);
            }
        }
    }

    private void arguments(String field, Factory factory, Offer offer) {
        long positions = factory.args().keySet().stream().filter(Factory::isGenerated).count();
        if (positions == 0) {
            factory.args().keySet().forEach(argument -> named(field, argument, factory, offer));
        } else if (offer.shortcut() == Shortcut.DEFAULT && positions > offer.args().size()) {
            String expected = offer.args().isEmpty()
                    ? "none"
                    : "at most " + offer.args().size() + ": " + String.join(", ", offer.args());
            problems.add(new Problem(
                    field + ".args",
                    factory.name() + " with " + positions + " arguments (expected: " + expected
                            + "; a comma always separates, in {name, args} it does not)"));
        }
    }

    private void named(String field, String argument, Factory factory, Offer offer) {
        List<String> names = offer.names();
        if (names == null || names.stream().anyMatch(name -> uniform(name).equals(uniform(root(argument))))) {
            return;
        }
        String hint = NearMatch.of(root(argument), names)
                .map(near -> "did you mean `" + near + "`?")
                .orElseGet(() -> names.isEmpty() ? "it takes none" : "expected one of " + names);
        problems.add(new Problem(field + ".args." + argument, "unknown argument of " + factory.name() + " (" + hint + ")"));
    }

    /** {@code patterns[0]} and {@code backoff.factor} belong to {@code patterns} and {@code backoff}. */
    private static String root(String argument) {
        int end = 0;
        while (end < argument.length() && argument.charAt(end) != '.' && argument.charAt(end) != '[') {
            end++;
        }
        return argument.substring(0, end);
    }

    /** Spring Boot's binder takes {@code fallback-uri}, {@code fallback_uri} and {@code fallbackUri} for one. */
    private static String uniform(String name) {
        StringBuilder uniform = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '-' && c != '_') {
                uniform.append(c);
            }
        }
        return uniform.toString().toLowerCase(Locale.ROOT);
    }
}
