package io.weft.pilot.model.parse;

import io.weft.pilot.model.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one mapping, read by name and type. A field that is read, or named as {@link #ignored ignored} or
 * {@link #unsupported unsupported}, is known; {@link #done} refuses every other. A wrong type is a problem and reads as
 * unset, so one pass finds all problems.
 *
 * <p>Not final, because what the readers ask for is also what the schemas of k8s/crds say: a test has a subclass that
 * takes note.
 */
class Fields {

    private final Map<String, ?> map;
    private final String path;
    private final Problems problems;
    private final Set<String> known = new LinkedHashSet<>();

    Fields(Map<String, ?> map, String path, Problems problems) {
        this.map = map;
        this.path = path;
        this.problems = problems;
    }

    Problems problems() {
        return problems;
    }

    /** Path of the mapping itself. */
    String here() {
        return path;
    }

    String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    boolean has(String name) {
        known.add(name);
        return map.get(name) != null;
    }

    @Nullable String string(String name) {
        Object value = get(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        return wrong(name, value, isScalar(value) ? "a string; put it in quotes" : "a string");
    }

    String requiredString(String name) {
        String value = string(name);
        if (value == null && map.get(name) == null) {
            problems.add(Problem.missing(path(name), "a string"));
        }
        return value == null ? "" : value;
    }

    @Nullable Integer integer(String name) {
        Object value = get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Long number && number == number.intValue()) {
            return number.intValue();
        }
        return wrong(name, value, "a whole number");
    }

    @Nullable Long longInteger(String name) {
        Object value = get(name);
        return value == null || value instanceof Long ? (Long) value : wrong(name, value, "a whole number");
    }

    int requiredInteger(String name) {
        Integer value = integer(name);
        if (value == null && map.get(name) == null) {
            problems.add(Problem.missing(path(name), "a whole number"));
        }
        return value == null ? 0 : value;
    }

    @Nullable Double number(String name) {
        Object value = get(name);
        if (value == null) {
            return null;
        }
        return value instanceof Number number ? (Double) number.doubleValue() : wrong(name, value, "a number");
    }

    @Nullable Boolean bool(String name) {
        Object value = get(name);
        return value == null || value instanceof Boolean ? (Boolean) value : wrong(name, value, "true or false");
    }

    boolean flag(String name) {
        return Boolean.TRUE.equals(bool(name));
    }

    @Nullable Duration duration(String name) {
        Object value = get(name);
        if (value == null) {
            return null;
        }
        Duration duration = value instanceof String text ? Durations.parse(text) : null;
        return duration != null ? duration : wrong(name, value, "a duration such as 3s, 100ms or 1h30m");
    }

    /** An enum by its name. */
    <E extends Enum<E>> @Nullable E choice(String name, Class<E> type) {
        String text = string(name);
        if (text == null) {
            return null;
        }
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(text)) {
                return constant;
            }
        }
        return wrong(name, text, "one of " + Arrays.toString(type.getEnumConstants()));
    }

    List<String> strings(String name) {
        List<String> strings = new ArrayList<>();
        Object value = get(name);
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                if (list.get(i) instanceof String text) {
                    strings.add(text);
                } else {
                    problems.add(Problem.expected(path(name) + "[" + i + "]", shape(list.get(i)), "a string"));
                }
            }
        } else if (value != null) {
            wrong(name, value, "a list of strings");
        }
        return strings;
    }

    Map<String, String> stringMap(String name) {
        Map<String, String> strings = new LinkedHashMap<>();
        forEach(name, "a mapping of strings", (key, value) -> {
            if (value instanceof String text) {
                strings.put(key, text);
            } else {
                problems.add(Problem.expected(
                        path(name) + "." + key,
                        shape(value),
                        value != null && isScalar(value) ? "a string; put it in quotes" : "a string"));
            }
        });
        return strings;
    }

    Map<String, Integer> integerMap(String name) {
        Map<String, Integer> numbers = new LinkedHashMap<>();
        forEach(name, "a mapping of whole numbers", (key, value) -> {
            if (value instanceof Long number && number == number.intValue()) {
                numbers.put(key, number.intValue());
            } else {
                problems.add(Problem.expected(path(name) + "." + key, shape(value), "a whole number"));
            }
        });
        return numbers;
    }

    /** A mapping of mappings, each read by the reader. */
    <T> Map<String, T> map(String name, Function<Fields, T> reader) {
        Map<String, T> result = new LinkedHashMap<>();
        forEach(name, "a mapping", (key, value) -> {
            Fields fields = fields(value, path(name) + "." + key);
            if (fields != null) {
                result.put(key, read(fields, reader));
            }
        });
        return result;
    }

    /** A nested mapping read by the reader, or null. */
    <T> @Nullable T child(String name, Function<Fields, T> reader) {
        Object value = get(name);
        if (value == null) {
            return null;
        }
        Fields fields = fields(value, path(name));
        return fields == null ? null : read(fields, reader);
    }

    /** As {@link #child}, but a mapping must be there. */
    <T> T requiredChild(String name, Function<Fields, T> reader) {
        if (get(name) == null) {
            problems.add(Problem.missing(path(name), "a mapping"));
        }
        T child = child(name, reader);
        // A problem is on record, so the object is refused and this stand-in never leaves the parser.
        return child != null ? child : read(new Fields(Map.of(), path(name), new Problems()), reader);
    }

    <T> List<T> list(String name, Function<Fields, T> reader) {
        List<T> result = new ArrayList<>();
        Object value = get(name);
        if (value instanceof List<?> list) {
            for (int i = 0; i < list.size(); i++) {
                Fields fields = fields(list.get(i), path(name) + "[" + i + "]");
                if (fields != null) {
                    result.add(read(fields, reader));
                }
            }
        } else if (value != null) {
            wrong(name, value, "a list");
        }
        return result;
    }

    /** Any value, for the few fields that may have several types. */
    @Nullable Object any(String name) {
        return get(name);
    }

    /** Fields that are known and change nothing here. */
    Fields ignored(String... names) {
        known.addAll(Arrays.asList(names));
        return this;
    }

    /** Fields that are known, would change something, and are not supported. */
    Fields unsupported(String... names) {
        for (String name : names) {
            known.add(name);
            if (map.get(name) != null) {
                problems.add(new Problem(path(name), "not supported by this mesh-pilot (expected: unset)"));
            }
        }
        return this;
    }

    /** Refuses every field nobody asked for. */
    void done() {
        for (String name : map.keySet()) {
            if (!known.contains(name)) {
                String hint = NearMatch.of(name, known)
                        .map(near -> "did you mean `" + near + "`?")
                        .orElseGet(() -> "expected one of " + known);
                problems.add(new Problem(path(name), "unknown field (" + hint + ")"));
            }
        }
    }

    private static <T> T read(Fields fields, Function<Fields, T> reader) {
        T result = reader.apply(fields);
        fields.done();
        return result;
    }

    private void forEach(String name, String expectation, BiConsumer<String, @Nullable Object> each) {
        Object value = get(name);
        if (value instanceof Map<?, ?> entries) {
            entries.forEach((key, entry) -> each.accept((String) key, entry));
        } else if (value != null) {
            wrong(name, value, expectation);
        }
    }

    private @Nullable Fields fields(@Nullable Object value, String where) {
        if (value instanceof Map<?, ?> mapping) {
            // Safe: the readers make no other maps.
            @SuppressWarnings("unchecked")
            Map<String, ?> typed = (Map<String, ?>) mapping;
            return new Fields(typed, where, problems);
        }
        problems.add(Problem.expected(where, shape(value), "a mapping"));
        return null;
    }

    private @Nullable Object get(String name) {
        known.add(name);
        return map.get(name);
    }

    private <T> @Nullable T wrong(String name, Object value, String expectation) {
        problems.add(Problem.expected(path(name), shape(value), expectation));
        return null;
    }

    private static boolean isScalar(Object value) {
        return value instanceof Number || value instanceof Boolean;
    }

    private static Object shape(@Nullable Object value) {
        if (value instanceof Map) {
            return new Shape("a mapping");
        }
        if (value instanceof List) {
            return new Shape("a list");
        }
        return value == null ? new Shape("null") : value;
    }

    private record Shape(String name) {
        @Override
        public String toString() {
            return name;
        }
    }
}
