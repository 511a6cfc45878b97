package io.weft.sidecar.resource;

import java.util.List;

/**
 * What is added to and removed from a header block, in Envoy's order: removals first, then additions.
 *
 * @param add values may hold Envoy's {@code %COMMAND%} formatters
 * @param remove lower-case names
 */
public record HeaderOperations(List<Add> add, List<String> remove) {
    public static final HeaderOperations NONE = new HeaderOperations(List.of(), List.of());

    public HeaderOperations {
        add = List.copyOf(add);
        remove = List.copyOf(remove);
    }

    public boolean isEmpty() {
        return add.isEmpty() && remove.isEmpty();
    }

    /** Envoy's {@code HeaderValueOption.append_action}. */
    public enum Action {
        APPEND_IF_EXISTS_OR_ADD,
        ADD_IF_ABSENT,
        OVERWRITE_IF_EXISTS_OR_ADD,
        OVERWRITE_IF_EXISTS
    }

    /** One addition; an empty value is not added unless {@code keepEmptyValue}. */
    public record Add(String name, String value, Action action, boolean keepEmptyValue) {}
}
