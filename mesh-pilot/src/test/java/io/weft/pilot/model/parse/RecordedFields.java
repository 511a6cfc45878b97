package io.weft.pilot.model.parse;

import static java.util.Map.entry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Fields that are not read but noted: what a reader asks for, by name and type, is the schema of what it accepts. Each reads as unset, as
 * {@link Fields#requiredChild} lets every reader expect.
 */
final class RecordedFields extends Fields {

    /** As {@code Durations} reads them, without a sign: no duration of ours may be negative. */
    private static final String DURATION = "^(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|ms|s|m|h))+$";

    private final Map<String, Map<String, Object>> properties = new TreeMap<>();
    private final Set<String> asked = new TreeSet<>();
    private final Set<String> required = new TreeSet<>();
    private final Set<String> unsupported = new TreeSet<>();

    RecordedFields(String path) {
        super(Map.of(), path, new Problems());
    }

    /** The schema of an object with these fields; one that may have any type is {@code {}}, one that is not supported {@code {unsupported: true}}. */
    Map<String, Object> schema() {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        Map<String, Object> all = new TreeMap<>(properties);
        asked.forEach(name -> all.putIfAbsent(name, new LinkedHashMap<>()));
        unsupported.forEach(name -> all.put(name, mapOf(entry("unsupported", true))));
        schema.put("properties", all);
        if (!required.isEmpty()) {
            schema.put("required", new ArrayList<>(required));
        }
        return schema;
    }

    @Override
    boolean has(String name) {
        asked.add(name);
        return true;
    }

    @Override
    @Nullable String string(String name) {
        return note(name, type("string"));
    }

    @Override
    String requiredString(String name) {
        required.add(name);
        string(name);
        return "";
    }

    @Override
    @Nullable Integer integer(String name) {
        return note(name, wholeNumber("int32"));
    }

    @Override
    @Nullable Long longInteger(String name) {
        return note(name, wholeNumber("int64"));
    }

    @Override
    int requiredInteger(String name) {
        required.add(name);
        integer(name);
        return 0;
    }

    @Override
    @Nullable Double number(String name) {
        return note(name, mapOf(entry("type", "number"), entry("format", "double")));
    }

    @Override
    @Nullable Boolean bool(String name) {
        return note(name, type("boolean"));
    }

    @Override
    @Nullable Duration duration(String name) {
        return note(name, mapOf(entry("type", "string"), entry("maxLength", 40L), entry("pattern", DURATION)));
    }

    @Override
    <E extends Enum<E>> @Nullable E choice(String name, Class<E> choices) {
        List<Object> names = new ArrayList<>();
        Arrays.stream(choices.getEnumConstants()).map(Enum::name).forEach(names::add);
        return note(name, mapOf(entry("type", "string"), entry("enum", names)));
    }

    @Override
    List<String> strings(String name) {
        note(name, mapOf(entry("type", "array"), entry("items", type("string"))));
        return new ArrayList<>();
    }

    @Override
    Map<String, String> stringMap(String name) {
        note(name, mappingOf(type("string")));
        return new LinkedHashMap<>();
    }

    @Override
    Map<String, Integer> integerMap(String name) {
        note(name, mappingOf(wholeNumber("int32")));
        return new LinkedHashMap<>();
    }

    @Override
    <T> Map<String, T> map(String name, Function<Fields, T> reader) {
        RecordedFields inner = new RecordedFields(path(name) + "{}");
        reader.apply(inner);
        note(name, mappingOf(inner.schema()));
        return new LinkedHashMap<>();
    }

    @Override
    <T> @Nullable T child(String name, Function<Fields, T> reader) {
        RecordedFields inner = new RecordedFields(path(name));
        T result = reader.apply(inner);
        note(name, inner.schema());
        return result;
    }

    @Override
    <T> T requiredChild(String name, Function<Fields, T> reader) {
        required.add(name);
        // As in Fields: what a reader makes of nothing.
        T result = child(name, reader);
        if (result == null) {
            throw new IllegalStateException(path(name) + " is required, and its reader makes null of it");
        }
        return result;
    }

    @Override
    <T> List<T> list(String name, Function<Fields, T> reader) {
        RecordedFields inner = new RecordedFields(path(name) + "[]");
        reader.apply(inner);
        note(name, mapOf(entry("type", "array"), entry("items", inner.schema())));
        return new ArrayList<>();
    }

    @Override
    @Nullable Object any(String name) {
        asked.add(name);
        return null;
    }

    @Override
    Fields ignored(String... names) {
        asked.addAll(Arrays.asList(names));
        return this;
    }

    @Override
    Fields unsupported(String... names) {
        unsupported.addAll(Arrays.asList(names));
        return this;
    }

    private <T> @Nullable T note(String name, Map<String, Object> schema) {
        Map<String, Object> before = properties.putIfAbsent(name, schema);
        if (before != null && !before.equals(schema)) {
            throw new IllegalStateException(path(name) + " is read as " + before + " and as " + schema);
        }
        return null;
    }

    private static Map<String, Object> type(String name) {
        return mapOf(entry("type", name));
    }

    /** Nothing of ours counts below zero, unless a rule says so. */
    private static Map<String, Object> wholeNumber(String format) {
        return mapOf(entry("type", "integer"), entry("format", format), entry("minimum", 0L));
    }

    private static Map<String, Object> mappingOf(Map<String, Object> values) {
        return mapOf(entry("type", "object"), entry("additionalProperties", values));
    }

    @SafeVarargs
    private static Map<String, Object> mapOf(Map.Entry<String, ?>... entries) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (Map.Entry<String, ?> entry : entries) {
            map.put(entry.getKey(), entry.getValue());
        }
        return map;
    }
}
