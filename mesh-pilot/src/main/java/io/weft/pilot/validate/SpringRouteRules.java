package io.weft.pilot.validate;

import io.weft.pilot.model.Problem;
import io.weft.pilot.model.SpringRoute;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rules of a SpringRoute that need no gateway: sizes, names, and that nothing in it is an expression. */
final class SpringRouteRules {

    private static final int MAX_PREDICATES = 32;
    private static final int MAX_FILTERS = 64;
    private static final int MAX_ARGUMENTS = 64;
    private static final int MAX_NAME = 128;
    private static final int MAX_VALUE = 4096;
    private static final int MAX_ARGUMENTS_SIZE = 64 * 1024;
    private static final int MAX_METADATA_SIZE = 16 * 1024;
    private static final int MAX_METADATA_DEPTH = 8;
    private static final String EXPRESSION = "#{";

    private final Check check;
    private int size;

    private SpringRouteRules(Check check) {
        this.check = check;
    }

    static void check(SpringRoute route, Check check) {
        check.labels("spec.selector", route.selector());
        id(route.id(), check);
        if (route.uri().text().contains(EXPRESSION)) {
            expression("spec.uri", check);
        }
        new SpringRouteRules(check).arguments(route);
        new SpringRouteRules(check).metadata("spec.metadata", route.metadata(), 0);
    }

    private static void id(@Nullable String id, Check check) {
        if (id == null) {
            return;
        }
        boolean fits = !id.isEmpty() && id.length() <= MAX_NAME;
        for (int i = 0; fits && i < id.length(); i++) {
            char c = id.charAt(i);
            fits = c < 128 && Character.isLetterOrDigit(c) || i > 0 && "-_.:".indexOf(c) >= 0;
        }
        if (!fits) {
            check.expected(
                    "spec.id", id, "at most " + MAX_NAME + " letters, digits, -, _, . and :, starting with a letter or digit");
        }
    }

    private void arguments(SpringRoute route) {
        factories("spec.predicates", route.predicates(), MAX_PREDICATES);
        factories("spec.filters", route.filters(), MAX_FILTERS);
        if (size > MAX_ARGUMENTS_SIZE) {
            check.fail("spec", size + " characters of arguments (expected: at most " + MAX_ARGUMENTS_SIZE + ")");
        }
    }

    private void factories(String path, List<SpringRoute.Factory> factories, int max) {
        if (factories.size() > max) {
            check.fail(path, factories.size() + " of them (expected: at most " + max + ")");
            return;
        }
        for (int i = 0; i < factories.size(); i++) {
            factory(path + "[" + i + "]", factories.get(i));
        }
    }

    private void factory(String path, SpringRoute.Factory factory) {
        if (!isName(factory.name())) {
            check.expected(path + ".name", factory.name(), "a factory's short name, for example Path or AddRequestHeader");
        }
        if (factory.args().size() > MAX_ARGUMENTS) {
            check.fail(path + ".args", factory.args().size() + " arguments (expected: at most " + MAX_ARGUMENTS + ")");
            return;
        }
        long positions = factory.args().keySet().stream().filter(SpringRoute.Factory::isGenerated).count();
        if (positions > 0 && positions < factory.args().size()) {
            check.fail(path + ".args", "some with a name and some without (expected: all or none)");
        }
        factory.args().forEach((name, value) -> argument(path + ".args." + name, name, value));
    }

    private void argument(String path, String name, String value) {
        if (!isArgumentName(name)) {
            check.expected(path, name, "an argument's name");
        }
        text(path, value);
        size += name.length() + value.length();
    }

    private void text(String path, String value) {
        if (value.length() > MAX_VALUE) {
            check.fail(path, value.length() + " characters (expected: at most " + MAX_VALUE + ")");
        }
        if (value.contains(EXPRESSION)) {
            expression(path, check);
        }
        check.headerValue(path, value);
    }

    private static void expression(String path, Check check) {
        check.fail(path, "an expression (expected: no #{; Weft's gateways never evaluate SpEL)");
    }

    private static boolean isName(String name) {
        boolean fits = !name.isEmpty() && name.length() <= MAX_NAME;
        for (int i = 0; fits && i < name.length(); i++) {
            char c = name.charAt(i);
            fits = c < 128 && Character.isLetterOrDigit(c) || i > 0 && "-_.$".indexOf(c) >= 0;
        }
        return fits;
    }

    /** What the binder takes for a name: words with dots and indexes between them. */
    private static boolean isArgumentName(String name) {
        boolean fits = !name.isEmpty() && name.length() <= 2 * MAX_NAME && name.charAt(0) != '[' && name.charAt(0) != '.';
        for (int i = 0; fits && i < name.length(); i++) {
            char c = name.charAt(i);
            fits = c > ' ' && c < 127 && !name.startsWith(EXPRESSION, i);
        }
        return fits;
    }

    private void metadata(String path, @Nullable Object value, int depth) {
        if (depth > MAX_METADATA_DEPTH) {
            check.fail(path, "nested too deeply (expected: at most " + MAX_METADATA_DEPTH + " levels)");
        } else if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                String key = (String) entry.getKey();
                grow(path, key.length());
                text(path + "." + Problem.shown(key), key);
                metadata(path + "." + key, entry.getValue(), depth + 1);
            }
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                metadata(path + "[" + i + "]", list.get(i), depth + 1);
            }
        } else {
            String text = String.valueOf(value);
            grow(path, text.length());
            text(path, text);
        }
    }

    private void grow(String path, int characters) {
        boolean fitted = size <= MAX_METADATA_SIZE;
        // A value without a character costs something too.
        size += characters + 1;
        if (fitted && size > MAX_METADATA_SIZE) {
            check.fail(path, "too much metadata (expected: at most " + MAX_METADATA_SIZE + " characters in all)");
        }
    }
}
