package io.weft.sidecar.resource;

import org.jspecify.annotations.Nullable;

/** A place in a resource, written out only when something is wrong there: {@code listener http_proxy: filter_chains[0].filters[0]}. */
final class Where {
    private final @Nullable Where parent;
    private final String name;
    private final int index;
    private final @Nullable Notices notices;

    private Where(@Nullable Where parent, String name, int index, @Nullable Notices notices) {
        this.parent = parent;
        this.name = name;
        this.index = index;
        this.notices = notices;
    }

    /** @param notices who is told what has no effect; null: nobody, it is not a file that somebody wrote */
    static Where root(String kind, String name, @Nullable Notices notices) {
        return new Where(null, name.isEmpty() ? kind : kind + " " + name, -1, notices);
    }

    Where field(String field) {
        return new Where(this, field, -1, notices);
    }

    Where item(String field, int at) {
        return new Where(this, field, at, notices);
    }

    /** How deep this is; recursive messages are bounded by it. */
    int depth() {
        int depth = 0;
        for (Where at = parent; at != null; at = at.parent) {
            depth++;
        }
        return depth;
    }

    /** A field that is set and changes nothing. */
    void noEffect(String field, String reason) {
        if (notices != null) {
            notices.add(field(field), reason);
        }
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
