package io.weft.sidecar.message;

import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Header fields of one message or trailer section, whatever the protocol. Names are compared case-insensitively; names that are
 * written are lower-case, and constants are {@code AsciiString}s because their hash is cached. Pseudo-headers are not in here.
 * Implementations wrap Netty's header objects, which pass from one side of the proxy to the other uncopied where both speak the same.
 */
public interface HeaderBlock {
    /** The first value. */
    @Nullable CharSequence get(CharSequence name);

    /** Every value, each field line on its own. */
    List<CharSequence> getAll(CharSequence name);

    boolean contains(CharSequence name);

    /** Replaces all values. */
    void set(CharSequence name, CharSequence value);

    void add(CharSequence name, CharSequence value);

    void remove(CharSequence name);

    int size();

    /** In order of arrival. The block must not be changed meanwhile. */
    void forEach(Visitor visitor);

    /** Sees one field line. */
    @FunctionalInterface
    interface Visitor {
        void field(CharSequence name, CharSequence value);
    }
}
