package io.weft.pilot.model.parse;

import io.weft.pilot.model.Problem;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A factory's arguments in full form, made flat: values inside values get the path by which Spring Boot's binder finds them again, {@code patterns[0]} and
 * {@code a.b}. Bounded, because aliases can make much of little.
 */
final class Arguments {

    static final int MAX = 64;

    private final Map<String, String> flat;
    private final Problems problems;
    private boolean full;

    Arguments(Map<String, String> flat, Problems problems) {
        this.flat = flat;
        this.problems = problems;
    }

    void add(String field, Map<?, ?> args) {
        args.forEach((name, value) -> add(field + "." + name, (String) name, value));
    }

    private void add(String field, String name, @Nullable Object value) {
        if (full) {
            return;
        }
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, inner) -> add(field + "." + key, name + step((String) key), inner));
        } else if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                add(field + "[" + i + "]", name + "[" + i + "]", list.get(i));
            }
        } else if (value == null) {
            problems.add(new Problem(field, "null (expected: a value)"));
        } else if (flat.size() == MAX) {
            full = true;
            problems.add(new Problem(field, "too many arguments (expected: at most " + MAX + ")"));
        } else if (flat.putIfAbsent(name, value.toString()) != null) {
            problems.add(new Problem(field, "`" + name + "` is there twice"));
        }
    }

    /** A key that is no plain word is found again only in brackets. */
    private static String step(String key) {
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            boolean plain = c < 128 && Character.isLetterOrDigit(c) || c == '-' || c == '_';
            if (!plain) {
                return "[" + key + "]";
            }
        }
        return "." + key;
    }
}
