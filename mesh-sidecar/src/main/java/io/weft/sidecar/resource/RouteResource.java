package io.weft.sidecar.resource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One route: what it matches and what it does. */
public record RouteResource(
        String name,
        Match match,
        Action action,
        HeaderOperations requestHeaders,
        HeaderOperations responseHeaders,
        FilterOverrides overrides) {

    public static RouteResource of(String name, Match match, Action action) {
        return new RouteResource(
                name, match, action, HeaderOperations.NONE, HeaderOperations.NONE, FilterOverrides.NONE);
    }

    /** How {@link Match#path} is compared with the normalised path without query. */
    public enum PathKind {
        PREFIX,
        EXACT,
        REGEX,
        PATH_SEPARATED_PREFIX,
        /** {@code connect_matcher}: CONNECT requests only, {@code path} is ignored. */
        CONNECT
    }

    /**
     * All conditions must hold.
     *
     * @param ignoreCase acts on PREFIX, EXACT and PATH_SEPARATED_PREFIX
     * @param runtimeFraction share of requests that may match; null: all
     */
    public record Match(
            PathKind kind,
            String path,
            boolean ignoreCase,
            List<HeaderMatch> headers,
            List<QueryMatch> query,
            boolean grpcOnly,
            @Nullable FractionalPercent runtimeFraction) {
        public Match {
            headers = List.copyOf(headers);
            query = List.copyOf(query);
        }

        public static Match prefix(String path) {
            return new Match(PathKind.PREFIX, path, false, List.of(), List.of(), false, null);
        }

        public static Match exact(String path) {
            return new Match(PathKind.EXACT, path, false, List.of(), List.of(), false, null);
        }
    }

    /** What a route does. */
    public sealed interface Action {}

    /**
     * @param target where to
     * @param timeout null: Envoy's default of 15 s; zero: none
     * @param idleTimeout null: the manager's stream idle timeout; zero: none
     * @param maxStreamDuration null: none of the route's
     * @param grpcTimeoutMax null: the {@code grpc-timeout} header is not looked at; zero: obeyed without a cap
     * @param retryPolicy null: the virtual host's
     * @param prefixRewrite replaces the matched prefix or the whole exact/regex path; null: none
     * @param pathRewrite replaces by regex; null: none
     * @param hostRewrite null: none
     * @param mirrors null: the virtual host's
     * @param hashPolicies in order
     * @param upgradeTypes upgrade type → enabled; a type not named here follows the manager
     * @param clusterNotFoundStatus 500, 503 or 404
     */
    public record Forward(
            Target target,
            @Nullable Duration timeout,
            @Nullable Duration idleTimeout,
            @Nullable Duration maxStreamDuration,
            @Nullable Duration grpcTimeoutMax,
            @Nullable RetryPolicyResource retryPolicy,
            @Nullable String prefixRewrite,
            @Nullable RegexRewrite pathRewrite,
            @Nullable HostRewrite hostRewrite,
            boolean appendForwardedHost,
            @Nullable List<Mirror> mirrors,
            List<HashPolicy> hashPolicies,
            Map<String, Boolean> upgradeTypes,
            int clusterNotFoundStatus)
            implements Action {
        public Forward {
            mirrors = mirrors == null ? null : List.copyOf(mirrors);
            hashPolicies = List.copyOf(hashPolicies);
            upgradeTypes = Map.copyOf(upgradeTypes);
        }

        /** Forward to one cluster with Envoy's defaults. */
        public static Forward to(String cluster) {
            return to(new Target.Cluster(cluster), null, null);
        }

        public static Forward to(Target target, @Nullable Duration timeout, @Nullable RetryPolicyResource retry) {
            return new Forward(
                    target, timeout, null, null, null, retry, null, null, null, false, null, List.of(), Map.of(), 503);
        }
    }

    /** Which cluster. */
    public sealed interface Target {
        record Cluster(String name) implements Target {}

        /** Relative weights; the total is at least 1. */
        record Weighted(List<WeightedCluster> clusters) implements Target {
            public Weighted {
                clusters = List.copyOf(clusters);
            }
        }

        /** The cluster named by a request header. */
        record Header(String name) implements Target {}
    }

    /** One destination of a split, with its own header operations. */
    public record WeightedCluster(
            String name,
            int weight,
            HeaderOperations requestHeaders,
            HeaderOperations responseHeaders,
            @Nullable String hostRewrite,
            FilterOverrides overrides) {
        public static WeightedCluster of(String name, int weight) {
            return new WeightedCluster(
                    name, weight, HeaderOperations.NONE, HeaderOperations.NONE, null, FilterOverrides.NONE);
        }
    }

    /** RE2 pattern and substitution with {@code \1} groups. */
    public record RegexRewrite(String pattern, String substitution) {}

    /** How the Host is rewritten: exactly one of the three. */
    public record HostRewrite(@Nullable String literal, boolean auto, @Nullable String header) {}

    /** Fire and forget copy of the request. */
    public record Mirror(String cluster, FractionalPercent percent, boolean shadowSuffix) {}

    /** What the hash balancer hashes. */
    public sealed interface HashPolicy {
        boolean terminal();

        record Header(String name, boolean terminal) implements HashPolicy {}

        /** ttl null: a missing cookie is not made; zero: a session cookie. */
        record Cookie(String name, @Nullable Duration ttl, String path, boolean terminal) implements HashPolicy {}

        record SourceIp(boolean terminal) implements HashPolicy {}

        record Query(String name, boolean terminal) implements HashPolicy {}
    }

    /**
     * Null means "as in the request".
     *
     * @param path replaces the path (and, if it has one, the query)
     * @param port 0: as in the request
     * @param status 301, 302, 303, 307 or 308
     */
    public record Redirect(
            @Nullable String scheme,
            @Nullable String host,
            int port,
            @Nullable String path,
            @Nullable String prefixRewrite,
            @Nullable RegexRewrite regexRewrite,
            int status,
            boolean stripQuery)
            implements Action {}

    /** A fixed answer. */
    public record DirectResponse(int status, String body) implements Action {}
}
