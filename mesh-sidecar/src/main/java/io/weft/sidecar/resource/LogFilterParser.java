package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ComparisonFilter;
import io.envoyproxy.envoy.config.accesslog.v3.GrpcStatusFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ResponseFlagFilter;
import io.envoyproxy.envoy.config.core.v3.RuntimeUInt32;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** {@code AccessLogFilter} → {@link LogFilter}. */
final class LogFilterParser {
    private static final int MAX_FILTERS = 64;
    private static final Fields FILTER = Fields.of(
            AccessLogFilter.getDescriptor(),
            "status_code_filter",
            "duration_filter",
            "not_health_check_filter",
            "and_filter",
            "or_filter",
            "header_filter",
            "response_flag_filter",
            "grpc_status_filter");
    private static final Fields COMPARISON = Fields.of(ComparisonFilter.getDescriptor(), "op", "value");
    private static final Fields RUNTIME = Fields.of(RuntimeUInt32.getDescriptor(), "default_value")
            .ignore("there is no runtime layer that could override the default", "runtime_key");
    private static final Fields FLAGS = Fields.of(ResponseFlagFilter.getDescriptor(), "flags");
    private static final Fields GRPC = Fields.of(GrpcStatusFilter.getDescriptor(), "statuses", "exclude");

    private LogFilterParser() {}

    static LogFilter parse(Where where, AccessLogFilter filter) {
        Values.bounded(where);
        FILTER.check(where, filter);
        switch (filter.getFilterSpecifierCase()) {
            case STATUS_CODE_FILTER:
                ComparisonFilter status = filter.getStatusCodeFilter().getComparison();
                return new LogFilter.Status(comparison(where.field("status_code_filter"), status), value(status));
            case DURATION_FILTER:
                ComparisonFilter duration = filter.getDurationFilter().getComparison();
                return new LogFilter.Took(comparison(where.field("duration_filter"), duration), value(duration));
            case NOT_HEALTH_CHECK_FILTER:
                return new LogFilter.NotHealthCheck();
            case AND_FILTER:
                return new LogFilter.And(all(where.field("and_filter"), filter.getAndFilter().getFiltersList()));
            case OR_FILTER:
                return new LogFilter.Or(all(where.field("or_filter"), filter.getOrFilter().getFiltersList()));
            case HEADER_FILTER:
                return new LogFilter.Header(MatchParser.header(where.field("header_filter"), filter.getHeaderFilter().getHeader()));
            case RESPONSE_FLAG_FILTER:
                FLAGS.check(where.field("response_flag_filter"), filter.getResponseFlagFilter());
                return new LogFilter.Flags(Set.copyOf(filter.getResponseFlagFilter().getFlagsList()));
            case GRPC_STATUS_FILTER:
                return grpc(where.field("grpc_status_filter"), filter.getGrpcStatusFilter());
            default:
                throw where.refuse("no filter (expected: one this proxy knows)");
        }
    }

    private static List<LogFilter> all(Where where, List<AccessLogFilter> filters) {
        if (filters.size() < 2 || filters.size() > MAX_FILTERS) {
            throw where.refuse("filters", filters.size() + " filters", "2 to " + MAX_FILTERS);
        }
        List<LogFilter> parsed = new ArrayList<>(filters.size());
        for (int i = 0; i < filters.size(); i++) {
            parsed.add(parse(where.item("filters", i), filters.get(i)));
        }
        return parsed;
    }

    private static LogFilter.Comparison comparison(Where where, ComparisonFilter filter) {
        Where at = where.field("comparison");
        COMPARISON.check(at, filter);
        RUNTIME.check(at.field("value"), filter.getValue());
        switch (filter.getOp()) {
            case EQ:
                return LogFilter.Comparison.EQ;
            case GE:
                return LogFilter.Comparison.GE;
            case LE:
                return LogFilter.Comparison.LE;
            default:
                throw at.refuse("op", filter.getOpValue(), "EQ, GE or LE");
        }
    }

    private static long value(ComparisonFilter filter) {
        return Integer.toUnsignedLong(filter.getValue().getDefaultValue());
    }

    private static LogFilter grpc(Where where, GrpcStatusFilter filter) {
        GRPC.check(where, filter);
        Set<Integer> statuses = new HashSet<>();
        filter.getStatusesValueList().forEach(statuses::add);
        return new LogFilter.GrpcStatus(statuses, filter.getExclude());
    }
}
