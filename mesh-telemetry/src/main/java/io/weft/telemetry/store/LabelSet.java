package io.weft.telemetry.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The labels of a series, in the order of their names. */
public final class LabelSet {

    /** Stands for all series beyond the limit. */
    public static final LabelSet OVERFLOW = of(new TreeMap<>(Map.of("overflow", "true")));

    private final List<String> names;
    private final List<String> values;
    private final int hash;

    private LabelSet(List<String> names, List<String> values) {
        this.names = names;
        this.values = values;
        this.hash = 31 * names.hashCode() + values.hashCode();
    }

    public static LabelSet of(SortedMap<String, String> labels) {
        return new LabelSet(List.copyOf(labels.keySet()), List.copyOf(new ArrayList<>(labels.values())));
    }

    public List<String> names() {
        return names;
    }

    /** In the order of {@link #names}. */
    public List<String> values() {
        return values;
    }

    /** The value of that label; {@code unknown}, as the mesh's metrics say it, when there is none. */
    public String get(String name) {
        int at = names.indexOf(name);
        return at < 0 || values.get(at).isEmpty() ? "unknown" : values.get(at);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LabelSet set && set.hash == hash && set.names.equals(names) && set.values.equals(values);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return names + "=" + values;
    }
}
