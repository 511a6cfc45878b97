package io.weft.pilot.generate.listener;

import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.AndFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ComparisonFilter;
import io.envoyproxy.envoy.config.accesslog.v3.HeaderFilter;
import io.envoyproxy.envoy.config.accesslog.v3.OrFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ResponseFlagFilter;
import io.envoyproxy.envoy.config.accesslog.v3.StatusCodeFilter;
import io.envoyproxy.envoy.config.core.v3.RuntimeUInt32;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.weft.pilot.generate.proto.Matchers;
import io.weft.pilot.model.LogFilter;

/** Which requests are logged, in Envoy's words. */
final class LogFilters {

    private LogFilters() {}

    static AccessLogFilter of(LogFilter filter) {
        AccessLogFilter.Builder built = AccessLogFilter.newBuilder();
        if (filter instanceof LogFilter.All all) {
            AndFilter.Builder and = AndFilter.newBuilder();
            all.filters().forEach(each -> and.addFilters(of(each)));
            built.setAndFilter(and);
        } else if (filter instanceof LogFilter.Any any) {
            OrFilter.Builder or = OrFilter.newBuilder();
            any.filters().forEach(each -> or.addFilters(of(each)));
            built.setOrFilter(or);
        } else if (filter instanceof LogFilter.Code code) {
            built.setStatusCodeFilter(StatusCodeFilter.newBuilder().setComparison(comparison(code)));
        } else if (filter instanceof LogFilter.Header header) {
            built.setHeaderFilter(HeaderFilter.newBuilder().setHeader(header(header)));
        } else {
            // No flag named: any.
            built.setResponseFlagFilter(ResponseFlagFilter.getDefaultInstance());
        }
        return built.build();
    }

    private static ComparisonFilter comparison(LogFilter.Code code) {
        return ComparisonFilter.newBuilder()
                .setOp(switch (code.comparison()) {
                    case EQUAL -> ComparisonFilter.Op.EQ;
                    case AT_LEAST -> ComparisonFilter.Op.GE;
                    case AT_MOST -> ComparisonFilter.Op.LE;
                })
                .setValue(RuntimeUInt32.newBuilder()
                        .setDefaultValue(code.value())
                        .setRuntimeKey("weft.access_log.status"))
                .build();
    }

    private static HeaderMatcher header(LogFilter.Header header) {
        HeaderMatcher.Builder matcher =
                HeaderMatcher.newBuilder().setName(header.name()).setInvertMatch(header.inverted());
        switch (header.match()) {
            case PRESENT -> matcher.setPresentMatch(true);
            case EXACT -> matcher.setStringMatch(Matchers.exact(header.value()));
            case PREFIX -> matcher.setStringMatch(Matchers.prefix(header.value()));
            case SUFFIX -> matcher.setStringMatch(Matchers.suffix(header.value()));
            case CONTAINS -> matcher.setStringMatch(Matchers.contains(header.value()));
            // CEL's "matches" looks for it, Envoy's matcher wants the whole value.
            case REGEX -> matcher.setStringMatch(Matchers.found(header.value()));
        }
        return matcher.build();
    }
}
