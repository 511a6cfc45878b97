package io.weft.pilot.model;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cross-origin rules of a route. @param maxAge whole seconds */
public record CorsPolicy(
        List<StringMatch> allowOrigins,
        List<String> allowMethods,
        List<String> allowHeaders,
        List<String> exposeHeaders,
        @Nullable Duration maxAge,
        @Nullable Boolean allowCredentials,
        @Nullable UnmatchedPreflights unmatchedPreflights) {

    public CorsPolicy {
        allowOrigins = List.copyOf(allowOrigins);
        allowMethods = List.copyOf(allowMethods);
        allowHeaders = List.copyOf(allowHeaders);
        exposeHeaders = List.copyOf(exposeHeaders);
    }

    /** What happens to a preflight that matches no origin; unset is FORWARD. */
    public enum UnmatchedPreflights {
        FORWARD,
        IGNORE
    }
}
