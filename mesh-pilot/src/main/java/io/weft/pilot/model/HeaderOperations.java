package io.weft.pilot.model;

import java.util.List;
import java.util.Map;

/** What to do to the headers of a request and of its response. */
public record HeaderOperations(Change request, Change response) {

    public static final HeaderOperations NONE = new HeaderOperations(Change.NONE, Change.NONE);

    /** Set replaces, add appends, remove deletes. */
    public record Change(Map<String, String> set, Map<String, String> add, List<String> remove) {

        public static final Change NONE = new Change(Map.of(), Map.of(), List.of());

        public Change {
            set = Copies.ordered(set);
            add = Copies.ordered(add);
            remove = List.copyOf(remove);
        }
    }
}
