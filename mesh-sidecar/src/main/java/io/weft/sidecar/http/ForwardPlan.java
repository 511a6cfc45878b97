package io.weft.sidecar.http;

import io.netty.util.AsciiString;
import io.weft.sidecar.cluster.ClusterRef;
import io.weft.sidecar.cluster.Clusters;
import io.weft.sidecar.cluster.retry.RetryRules;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.HeaderOperations;
import io.weft.sidecar.resource.RetryPolicyResource;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.VirtualHostResource;
import io.weft.sidecar.route.HeaderEdits;
import io.weft.sidecar.route.HeaderMatcher;
import io.weft.sidecar.route.PathRewrite;
import io.weft.sidecar.route.Share;
import io.weft.sidecar.route.WeightedChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where a route forwards to, compiled. Times in milliseconds, 0: none. */
final class ForwardPlan {
    /** Envoy's route timeout when none is said. */
    private static final long DEFAULT_TIMEOUT = 15_000;

    final RouteResource.Forward resource;
    final Destination[] destinations;
    final @Nullable WeightedChoice weights;
    final @Nullable AsciiString clusterHeader;
    final long timeoutMillis;
    final long idleMillis;
    /** 0: none, -1: the manager's. */
    final long maxDurationMillis;
    final boolean grpcTimeout;
    final long grpcTimeoutMax;
    final @Nullable RetryRules retry;
    final @Nullable PathRewrite rewrite;
    final Mirror[] mirrors;
    private final Clusters clusters;

    ForwardPlan(
            RouteResource.Match match,
            RouteResource.Forward forward,
            VirtualHostResource host,
            RouteConfigResource table,
            RouteResource route,
            Clusters clusters,
            long streamIdleMillis) {
        this.resource = forward;
        this.clusters = clusters;
        this.timeoutMillis = forward.timeout() == null ? DEFAULT_TIMEOUT : forward.timeout().toMillis();
        this.idleMillis = forward.idleTimeout() == null ? streamIdleMillis : forward.idleTimeout().toMillis();
        this.maxDurationMillis = forward.maxStreamDuration() == null ? -1 : forward.maxStreamDuration().toMillis();
        this.grpcTimeout = forward.grpcTimeoutMax() != null;
        this.grpcTimeoutMax = forward.grpcTimeoutMax() == null ? 0 : forward.grpcTimeoutMax().toMillis();
        this.retry = retry(forward.retryPolicy() != null ? forward.retryPolicy() : host.retryPolicy());
        this.rewrite = PathRewrite.of(match, forward.prefixRewrite(), forward.pathRewrite());
        List<RouteResource.Mirror> copies = forward.mirrors() != null ? forward.mirrors() : host.mirrors();
        this.mirrors = copies.stream()
                .map(m -> new Mirror(clusters.ref(m.cluster()), new Share(m.percent()), m.shadowSuffix()))
                .toArray(Mirror[]::new);
        RouteResource.Target target = forward.target();
        if (target instanceof RouteResource.Target.Weighted weighted) {
            this.destinations = weighted.clusters().stream()
                    .map(w -> Destination.of(clusters.ref(w.name()), w, route, host, table))
                    .toArray(Destination[]::new);
            this.weights = new WeightedChoice(weighted.clusters().stream()
                    .mapToInt(RouteResource.WeightedCluster::weight)
                    .toArray());
            this.clusterHeader = null;
        } else if (target instanceof RouteResource.Target.Cluster one) {
            this.destinations = new Destination[] {Destination.of(clusters.ref(one.name()), null, route, host, table)};
            this.weights = null;
            this.clusterHeader = null;
        } else {
            String name = ((RouteResource.Target.Header) target).name();
            this.destinations = new Destination[0];
            this.weights = null;
            this.clusterHeader = AsciiString.cached(name.toLowerCase(Locale.ROOT));
        }
        this.byHeader = Destination.edits(null, route, host, table);
    }

    private final Destination byHeader;

    private static @Nullable RetryRules retry(@Nullable RetryPolicyResource policy) {
        if (policy == null || policy.attempts() == 0) {
            return null;
        }
        HeaderMatcher[] headers = HeaderMatcher.all(policy.retriableHeaders()).toArray(HeaderMatcher[]::new);
        return new RetryRules(policy, head -> {
            for (HeaderMatcher matcher : headers) {
                if (matcher.matches((HeaderBlock) head)) {
                    return true;
                }
            }
            return false;
        });
    }

    /** The cluster for one request. */
    Destination choose(RequestHead head, LoopState loop) {
        WeightedChoice choice = weights;
        if (choice != null) {
            return destinations[choice.choose(loop)];
        }
        AsciiString header = clusterHeader;
        if (header == null) {
            return destinations[0];
        }
        CharSequence name = head.get(header);
        return byHeader.with(name == null ? null : clusters.existing(name.toString()));
    }

    /** One destination with its header operations; ref null: named by a header that is not there. */
    record Destination(
            @Nullable ClusterRef ref, @Nullable String hostRewrite, HeaderEdits requestEdits, HeaderEdits responseEdits) {
        static Destination of(
                ClusterRef ref,
                RouteResource.@Nullable WeightedCluster weighted,
                RouteResource route,
                VirtualHostResource host,
                RouteConfigResource table) {
            return edits(weighted, route, host, table).with(ref);
        }

        /** Envoy's order: the most specific first, so that the least specific has the last word, unless told otherwise. */
        static Destination edits(
                RouteResource.@Nullable WeightedCluster weighted,
                RouteResource route,
                VirtualHostResource host,
                RouteConfigResource table) {
            List<HeaderOperations> request = new ArrayList<>();
            List<HeaderOperations> response = new ArrayList<>();
            if (weighted != null) {
                request.add(weighted.requestHeaders());
                response.add(weighted.responseHeaders());
            }
            request.addAll(List.of(route.requestHeaders(), host.requestHeaders(), table.requestHeaders()));
            response.addAll(List.of(route.responseHeaders(), host.responseHeaders(), table.responseHeaders()));
            if (table.mostSpecificHeaderMutationsWins()) {
                java.util.Collections.reverse(request);
                java.util.Collections.reverse(response);
            }
            return new Destination(
                    null, weighted == null ? null : weighted.hostRewrite(), HeaderEdits.of(request), HeaderEdits.of(response));
        }

        Destination with(@Nullable ClusterRef live) {
            return new Destination(live, hostRewrite, requestEdits, responseEdits);
        }
    }

    /** A compiled mirror policy. */
    record Mirror(ClusterRef ref, Share share, boolean shadowSuffix) {}
}
