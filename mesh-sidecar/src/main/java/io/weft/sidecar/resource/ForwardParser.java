package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.core.v3.RoutingPriority;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code RouteAction} → {@link RouteResource.Forward}. */
final class ForwardParser {
    private static final Fields ACTION = Fields.of(
                    RouteAction.getDescriptor(),
                    "cluster",
                    "cluster_header",
                    "weighted_clusters",
                    "cluster_not_found_response_code",
                    "prefix_rewrite",
                    "regex_rewrite",
                    "host_rewrite_literal",
                    "auto_host_rewrite",
                    "host_rewrite_header",
                    "append_x_forwarded_host",
                    "timeout",
                    "idle_timeout",
                    "retry_policy",
                    "request_mirror_policies",
                    "priority",
                    "hash_policy",
                    "max_grpc_timeout",
                    "upgrade_configs",
                    "max_stream_duration")
            .ignore("there is no early data here", "early_data_policy");
    private static final Fields UPGRADE =
            Fields.of(RouteAction.UpgradeConfig.getDescriptor(), "upgrade_type", "enabled");
    private static final Fields STREAM_DURATION = Fields.of(
            RouteAction.MaxStreamDuration.getDescriptor(), "max_stream_duration", "grpc_timeout_header_max");

    private ForwardParser() {}

    static RouteResource.Forward parse(Where where, RouteAction action) {
        ACTION.check(where, action);
        if (action.getPriority() != RoutingPriority.DEFAULT) {
            throw where.refuse("priority", action.getPriority(), "DEFAULT");
        }
        RouteAction.MaxStreamDuration stream = action.getMaxStreamDuration();
        Where streamAt = where.field("max_stream_duration");
        STREAM_DURATION.check(streamAt, stream);
        Duration grpcMax = stream.hasGrpcTimeoutHeaderMax()
                ? Values.duration(streamAt, "grpc_timeout_header_max", stream.getGrpcTimeoutHeaderMax())
                : action.hasMaxGrpcTimeout()
                        ? Values.duration(where, "max_grpc_timeout", action.getMaxGrpcTimeout())
                        : null;
        if (!action.getPrefixRewrite().isEmpty() && action.hasRegexRewrite()) {
            throw where.refuse("prefix_rewrite and regex_rewrite are both set (expected: one)");
        }
        return new RouteResource.Forward(
                RouteTargetParser.parse(where, action),
                action.hasTimeout() ? Values.duration(where, "timeout", action.getTimeout()) : null,
                action.hasIdleTimeout() ? Values.duration(where, "idle_timeout", action.getIdleTimeout()) : null,
                stream.hasMaxStreamDuration()
                        ? Values.duration(streamAt, "max_stream_duration", stream.getMaxStreamDuration())
                        : null,
                grpcMax,
                action.hasRetryPolicy() ? RetryPolicyParser.parse(where.field("retry_policy"), action.getRetryPolicy()) : null,
                action.getPrefixRewrite().isEmpty() ? null : action.getPrefixRewrite(),
                action.hasRegexRewrite() ? MatchParser.rewrite(where.field("regex_rewrite"), action.getRegexRewrite()) : null,
                hostRewrite(action),
                action.getAppendXForwardedHost(),
                action.getRequestMirrorPoliciesCount() == 0 ? null : MirrorParser.parse(where, action.getRequestMirrorPoliciesList()),
                HashPolicyParser.parse(where, action.getHashPolicyList()),
                upgrades(where, action),
                notFoundStatus(where, action));
    }

    private static RouteResource.@Nullable HostRewrite hostRewrite(RouteAction action) {
        switch (action.getHostRewriteSpecifierCase()) {
            case HOST_REWRITE_LITERAL:
                return action.getHostRewriteLiteral().isEmpty()
                        ? null
                        : new RouteResource.HostRewrite(action.getHostRewriteLiteral(), false, null);
            case AUTO_HOST_REWRITE:
                return action.getAutoHostRewrite().getValue() ? new RouteResource.HostRewrite(null, true, null) : null;
            case HOST_REWRITE_HEADER:
                return new RouteResource.HostRewrite(
                        null, false, action.getHostRewriteHeader().toLowerCase(Locale.ROOT));
            default:
                return null;
        }
    }

    private static Map<String, Boolean> upgrades(Where where, RouteAction action) {
        Map<String, Boolean> upgrades = new HashMap<>();
        for (int i = 0; i < action.getUpgradeConfigsCount(); i++) {
            RouteAction.UpgradeConfig upgrade = action.getUpgradeConfigs(i);
            UPGRADE.check(where.item("upgrade_configs", i), upgrade);
            upgrades.put(
                    upgrade.getUpgradeType().toLowerCase(Locale.ROOT),
                    !upgrade.hasEnabled() || upgrade.getEnabled().getValue());
        }
        return upgrades;
    }

    private static int notFoundStatus(Where where, RouteAction action) {
        switch (action.getClusterNotFoundResponseCode()) {
            case SERVICE_UNAVAILABLE:
                return 503;
            case NOT_FOUND:
                return 404;
            case INTERNAL_SERVER_ERROR:
                return 500;
            default:
                throw where.refuse("cluster_not_found_response_code", action.getClusterNotFoundResponseCodeValue(), "one of Envoy's three");
        }
    }
}
