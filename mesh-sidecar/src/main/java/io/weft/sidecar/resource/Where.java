package io.weft.sidecar.resource;

import org.jspecify.annotations.Nullable;

/** A place in a resource, written out only when something is wrong there: {@code listener http_proxy: filter_chains[0].filters[0]}. */
final class Where {
    private final @Nullable Where parent;
    private final String name;
    private final int index;

    private Where(@Nullable Where parent, String name, int index) {
        this.parent = parent;
        this.name = name;
        this.index = index;
    }

    static Where root(String kind, String name) {
        return new Where(null, name.isEmpty() ? kind : kind + " " + name, -1);
    }

    Where field(String field) {
        return new Where(this, field, -1);
    }

    Where item(String field, int at) {
        return new Where(this, field, at);
    }

    /** How deep this is; recursive messages are bounded by it. */
    int depth() {
        int depth = 0;
        for (Where at = parent; at != null; at = at.parent) {
            depth++;
        }
        return depth;
    }

    ResourceException refuse(String problem) {
        return new ResourceException(this + ": " + problem);
    }

    ResourceException refuse(String field, Object value, String expected) {
        return field(field).refuse(value + " (expected: " + expected + ")");
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        write(text);
        return text.toString();
    }

    private void write(StringBuilder text) {
        if (parent != null) {
            parent.write(text);
            text.append(parent.parent == null ? ": " : ".");
        }
        text.append(name);
        if (index >= 0) {
            text.append('[').append(index).append(']');
        }
    }
}
