package io.weft.pilot.registry.spring;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The predicates and filters a gateway has, the user's own beans too, as it says when it connects ({@code WEFT_SPRING}).
 *
 * @param predicates by short name
 * @param filters by short name
 */
public record SpringCatalog(Map<String, Offer> predicates, Map<String, Offer> filters) {

    /** Predicates, and filters. */
    public static final int MAX_FACTORIES = 256;

    /** Arguments of one factory. */
    public static final int MAX_ARGUMENTS = 64;

    /** Characters of a name. */
    public static final int MAX_NAME = 128;

    /** Characters of all names of a catalogue. */
    public static final int MAX_SIZE = 64 * 1024;

    public SpringCatalog {
        predicates = Map.copyOf(predicates);
        filters = Map.copyOf(filters);
        int size = size(predicates) + size(filters);
        if (size > MAX_SIZE) {
            throw new IllegalArgumentException(size + " characters of names (expected: <= " + MAX_SIZE + ")");
        }
    }

    /**
     * One factory.
     *
     * @param args what arguments without a name are, in order
     * @param names every argument that may be given by name; null: not known, so none is refused
     */
    public record Offer(List<String> args, Shortcut shortcut, @Nullable List<String> names) {

        public Offer {
            args = List.copyOf(args);
            names = names == null ? null : List.copyOf(names);
        }
    }

    /** How Spring Cloud Gateway takes arguments without a name ({@code ShortcutType}). */
    public enum Shortcut {
        /** One each. */
        DEFAULT,
        /** All of them are one list. */
        GATHER_LIST,
        /** All of them are one list, but for a flag that may stand last. */
        GATHER_LIST_TAIL_FLAG
    }

    private static int size(Map<String, Offer> offers) {
        int size = 0;
        for (Map.Entry<String, Offer> entry : offers.entrySet()) {
            List<String> names = entry.getValue().names();
            size += entry.getKey().length() + size(entry.getValue().args()) + (names == null ? 0 : size(names));
        }
        return size;
    }

    private static int size(List<String> names) {
        return names.stream().mapToInt(String::length).sum();
    }
}
