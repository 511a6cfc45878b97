package io.weft.pilot.model;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP rule: the first whose match holds is taken.
 *
 * @param match blocks of which one must hold; empty matches everything
 * @param timeout unset or zero is none
 * @param retries unset means the mesh's default retries, {@code attempts: 0} means none
 * @param mirror the older, single mirror; its share is {@code mirrorPercentage}
 * @param mirrorPercentage percent; unset is 100, zero is none
 */
public record HttpRoute(
        @Nullable String name,
        List<HttpMatch> match,
        List<WeightedDestination> route,
        @Nullable Redirect redirect,
        @Nullable DirectResponse directResponse,
        @Nullable Delegate delegate,
        @Nullable Rewrite rewrite,
        @Nullable Duration timeout,
        @Nullable Retries retries,
        @Nullable Fault fault,
        @Nullable Destination mirror,
        @Nullable Double mirrorPercentage,
        List<Mirror> mirrors,
        @Nullable CorsPolicy corsPolicy,
        HeaderOperations headers) {

    public HttpRoute {
        match = List.copyOf(match);
        route = List.copyOf(route);
        mirrors = List.copyOf(mirrors);
    }

    /** A destination and its share. @param weight relative to its neighbours; unset is zero unless it stands alone */
    public record WeightedDestination(Destination destination, @Nullable Integer weight, HeaderOperations headers) {}

    /**
     * Answers with a redirect.
     *
     * @param uri replaces the whole path
     * @param uriPrefix replaces the matched prefix literally
     * @param derivePort {@code FROM_PROTOCOL_DEFAULT} or {@code FROM_REQUEST_PORT}; excludes {@code port}
     * @param redirectCode unset is 301
     */
    public record Redirect(
            @Nullable String uri,
            @Nullable String uriPrefix,
            @Nullable String authority,
            @Nullable Integer port,
            @Nullable DerivePort derivePort,
            @Nullable String scheme,
            @Nullable Integer redirectCode) {}

    public enum DerivePort {
        FROM_PROTOCOL_DEFAULT,
        FROM_REQUEST_PORT
    }

    /** Answers itself. @param body UTF-8 text or bytes, null for none */
    public record DirectResponse(int status, byte @Nullable [] body) {}

    /** Another VirtualService holds the rules. @param namespace unset is the namespace of the one that delegates */
    public record Delegate(String name, @Nullable String namespace) {}

    /** Changes the path or the authority on the way. {@code uri} excludes {@code uriRegexRewrite}. */
    public record Rewrite(@Nullable String uri, @Nullable String authority, @Nullable RegexRewrite uriRegexRewrite) {}

    /** RE2 pattern and its substitution, groups as {@code \1}. */
    public record RegexRewrite(String match, String rewrite) {}

    /** A copy of requests sent elsewhere. @param percentage percent; unset is 100, zero is none */
    public record Mirror(Destination destination, @Nullable Double percentage) {}
}
