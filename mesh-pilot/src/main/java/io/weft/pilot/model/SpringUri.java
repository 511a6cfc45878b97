package io.weft.pilot.model;

import org.jspecify.annotations.Nullable;

/**
 * Where a SpringRoute sends its requests.
 *
 * @param text as its author wrote it
 * @param service of {@code lb:} the short or full name; null otherwise
 * @param port of {@code lb:}; null when it was not said
 * @param subset of {@code lb:}; null when it was not said
 */
public record SpringUri(
        String text, Scheme scheme, @Nullable String service, @Nullable Integer port, @Nullable String subset) {

    /** What becomes of a request. */
    public enum Scheme {
        /** {@code http://}, {@code https://}, {@code ws://}, {@code wss://}: to that host. */
        HOST,
        /** {@code lb://}, {@code lb:ws://}, {@code lb:wss://}: to a service of the mesh. */
        SERVICE,
        /** {@code forward:/path}: to a handler of the gateway's own. */
        FORWARD,
        /** {@code mesh:///}: on as the mesh's own routes say. */
        MESH
    }

    public static SpringUri host(String text) {
        return new SpringUri(text, Scheme.HOST, null, null, null);
    }

    public static SpringUri service(String text, String service, @Nullable Integer port, @Nullable String subset) {
        return new SpringUri(text, Scheme.SERVICE, service, port, subset);
    }

    public static SpringUri forward(String text) {
        return new SpringUri(text, Scheme.FORWARD, null, null, null);
    }

    public static SpringUri mesh(String text) {
        return new SpringUri(text, Scheme.MESH, null, null, null);
    }
}
