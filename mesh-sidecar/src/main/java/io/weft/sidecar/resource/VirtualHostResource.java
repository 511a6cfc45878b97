package io.weft.sidecar.resource;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Routes of a set of domains; the first route that matches is used.
 *
 * @param domains exact, {@code *.suffix}, {@code prefix.*} or {@code *}; may carry a port
 */
public record VirtualHostResource(
        String name,
        List<String> domains,
        List<RouteResource> routes,
        HeaderOperations requestHeaders,
        HeaderOperations responseHeaders,
        @Nullable RetryPolicyResource retryPolicy,
        List<RouteResource.Mirror> mirrors,
        FilterOverrides overrides,
        RequireTls requireTls,
        boolean includeRequestAttemptCount) {
    public VirtualHostResource {
        domains = List.copyOf(domains);
        routes = List.copyOf(routes);
        mirrors = List.copyOf(mirrors);
        if (domains.isEmpty()) {
            throw new ResourceException("virtual host " + name + ": no domains (expected: at least one)");
        }
    }

    public static VirtualHostResource of(String name, List<String> domains, List<RouteResource> routes) {
        return new VirtualHostResource(
                name,
                domains,
                routes,
                HeaderOperations.NONE,
                HeaderOperations.NONE,
                null,
                List.of(),
                FilterOverrides.NONE,
                RequireTls.NONE,
                false);
    }

    /** Plaintext requests are redirected to https: never, or all. */
    public enum RequireTls {
        NONE,
        EXTERNAL_ONLY,
        ALL
    }
}
