package io.weft.sidecar.resource;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.route.v3.FilterConfig;
import io.envoyproxy.envoy.extensions.filters.common.fault.v3.FaultDelay;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.FaultAbort;
import io.envoyproxy.envoy.extensions.filters.http.fault.v3.HTTPFault;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBACPerRoute;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** HTTP filters of a connection manager, and what routes say about them ({@code typed_per_filter_config}). */
final class HttpFilterParser {
    /** Only counts; our metrics count gRPC without being asked. */
    private static final String GRPC_STATS = "envoy.extensions.filters.http.grpc_stats.v3.FilterConfig";

    private static final Fields FILTER =
            Fields.of(HttpFilter.getDescriptor(), "name", "typed_config", "is_optional", "disabled");
    private static final Fields ROUTER = Fields.of(Router.getDescriptor(), "suppress_envoy_headers")
            .ignore("only adds statistics or spans", "dynamic_stats", "start_child_span", "suppress_grpc_request_failure_code_stats");
    private static final Fields CORS = Fields.of(
            CorsPolicy.getDescriptor(),
            "allow_origin_string_match",
            "allow_methods",
            "allow_headers",
            "expose_headers",
            "max_age",
            "allow_credentials",
            "filter_enabled",
            "forward_not_matching_preflights");
    private static final Fields FAULT = Fields.of(HTTPFault.getDescriptor(), "delay", "abort", "headers")
            .ignore("there is no runtime layer that could override the values", "delay_percent_runtime", "abort_percent_runtime",
                    "delay_duration_runtime", "abort_http_status_runtime", "max_active_faults_runtime",
                    "response_rate_limit_percent_runtime", "abort_grpc_status_runtime")
            .ignore("only for statistics and logs", "disable_downstream_cluster_stats", "filter_metadata");
    private static final Fields DELAY = Fields.of(FaultDelay.getDescriptor(), "fixed_delay", "percentage");
    private static final Fields ABORT =
            Fields.of(FaultAbort.getDescriptor(), "http_status", "grpc_status", "percentage");
    private static final Fields OVERRIDE =
            Fields.of(FilterConfig.getDescriptor(), "config", "is_optional", "disabled");

    private HttpFilterParser() {}

    static List<HttpManagerResource.NamedHttpFilter> chain(Where where, List<HttpFilter> filters) {
        List<HttpManagerResource.NamedHttpFilter> chain = new ArrayList<>(filters.size());
        for (int i = 0; i < filters.size(); i++) {
            Where at = where.item("http_filters", i);
            HttpFilter filter = filters.get(i);
            FILTER.check(at, filter);
            HttpFilterResource config = config(at, filter);
            if (config == null) {
                continue;
            }
            boolean last = i == filters.size() - 1;
            if (config instanceof HttpFilterResource.Router != last) {
                throw at.refuse(filter.getName() + " (expected: envoy.filters.http.router last, and only there)");
            }
            chain.add(new HttpManagerResource.NamedHttpFilter(filter.getName(), config, filter.getDisabled()));
        }
        if (chain.isEmpty()) {
            throw where.refuse("no http_filters (expected: at least envoy.filters.http.router)");
        }
        return chain;
    }

    private static @Nullable HttpFilterResource config(Where where, HttpFilter filter) {
        Any any = filter.getTypedConfig();
        Where at = where.field("typed_config");
        if (any.is(Router.class)) {
            Router router = Values.unpack(at, any, Router.class);
            ROUTER.check(at, router);
            return new HttpFilterResource.Router(router.getSuppressEnvoyHeaders());
        }
        if (any.is(RBAC.class)) {
            return RbacParser.http(at, Values.unpack(at, any, RBAC.class));
        }
        if (any.is(HTTPFault.class)) {
            return fault(at, Values.unpack(at, any, HTTPFault.class));
        }
        if (any.is(Cors.class)) {
            return CorsResource.OFF;
        }
        if (Values.typeName(any).equals(GRPC_STATS)) {
            return null;
        }
        if (filter.getIsOptional()) {
            // Envoy: an unknown filter that says it is optional is left out.
            return null;
        }
        throw where.refuse("unsupported filter " + filter.getName() + " (" + any.getTypeUrl() + ")");
    }

    static FilterOverrides overrides(Where where, Map<String, Any> configs) {
        if (configs.isEmpty()) {
            return FilterOverrides.NONE;
        }
        Map<String, HttpFilterResource> byName = new HashMap<>();
        Set<String> disabled = new HashSet<>();
        for (Map.Entry<String, Any> entry : configs.entrySet()) {
            override(where.field("typed_per_filter_config[" + entry.getKey() + "]"), entry.getKey(), entry.getValue(), byName, disabled);
        }
        return new FilterOverrides(byName, disabled);
    }

    private static void override(
            Where where, String name, Any any, Map<String, HttpFilterResource> byName, Set<String> disabled) {
        Any config = any;
        boolean optional = false;
        if (any.is(FilterConfig.class)) {
            FilterConfig wrapped = Values.unpack(where, any, FilterConfig.class);
            OVERRIDE.check(where, wrapped);
            if (wrapped.getDisabled()) {
                disabled.add(name);
                return;
            }
            optional = wrapped.getIsOptional();
            config = wrapped.getConfig();
        }
        if (config.is(RBACPerRoute.class)) {
            byName.put(name, RbacParser.route(where, Values.unpack(where, config, RBACPerRoute.class)));
        } else if (config.is(HTTPFault.class)) {
            byName.put(name, fault(where, Values.unpack(where, config, HTTPFault.class)));
        } else if (config.is(CorsPolicy.class)) {
            byName.put(name, cors(where, Values.unpack(where, config, CorsPolicy.class)));
        } else if (!optional && !config.getTypeUrl().isEmpty()) {
            throw where.refuse("unsupported type " + config.getTypeUrl());
        }
    }

    private static FaultResource fault(Where where, HTTPFault fault) {
        FAULT.check(where, fault);
        return new FaultResource(
                fault.hasDelay() ? delay(where.field("delay"), fault.getDelay()) : null,
                fault.hasAbort() ? abort(where.field("abort"), fault.getAbort()) : null,
                MatchParser.headers(where, "headers", fault.getHeadersList()));
    }

    private static FaultResource.Delay delay(Where where, FaultDelay delay) {
        DELAY.check(where, delay);
        if (!delay.hasFixedDelay()) {
            throw where.refuse("no fixed_delay");
        }
        return new FaultResource.Delay(
                Values.duration(where, "fixed_delay", delay.getFixedDelay()),
                Values.fraction(where.field("percentage"), delay.getPercentage()));
    }

    private static FaultResource.Abort abort(Where where, FaultAbort abort) {
        ABORT.check(where, abort);
        FractionalPercent percent = Values.fraction(where.field("percentage"), abort.getPercentage());
        switch (abort.getErrorTypeCase()) {
            case HTTP_STATUS:
                if (abort.getHttpStatus() < 200 || abort.getHttpStatus() > 599) {
                    throw where.refuse("http_status", Integer.toUnsignedString(abort.getHttpStatus()), "200 to 599");
                }
                return new FaultResource.Abort(abort.getHttpStatus(), 0, percent);
            case GRPC_STATUS:
                if (abort.getGrpcStatus() < 0 || abort.getGrpcStatus() > 16) {
                    throw where.refuse("grpc_status", Integer.toUnsignedString(abort.getGrpcStatus()), "0 to 16");
                }
                return new FaultResource.Abort(0, abort.getGrpcStatus(), percent);
            default:
                throw where.refuse("nothing to abort with (expected: http_status or grpc_status)");
        }
    }

    private static CorsResource cors(Where where, CorsPolicy cors) {
        CORS.check(where, cors);
        List<StringMatch> origins = new ArrayList<>(cors.getAllowOriginStringMatchCount());
        for (int i = 0; i < cors.getAllowOriginStringMatchCount(); i++) {
            origins.add(MatchParser.string(where.item("allow_origin_string_match", i), cors.getAllowOriginStringMatch(i)));
        }
        return new CorsResource(
                origins,
                cors.getAllowMethods(),
                cors.getAllowHeaders(),
                cors.getExposeHeaders(),
                cors.getMaxAge(),
                cors.getAllowCredentials().getValue(),
                cors.hasFilterEnabled()
                        ? Values.fraction(where.field("filter_enabled"), cors.getFilterEnabled())
                        : FractionalPercent.ALWAYS,
                !cors.hasForwardNotMatchingPreflights() || cors.getForwardNotMatchingPreflights().getValue());
    }
}
