package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.config.core.v3.RequestMethod;
import io.envoyproxy.envoy.type.v3.CodecClientType;
import io.envoyproxy.envoy.type.v3.Int64Range;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code HealthCheck} → {@link HealthCheckResource}. */
final class HealthCheckParser {
    private static final Fields CHECK = Fields.of(
                    HealthCheck.getDescriptor(),
                    "timeout",
                    "interval",
                    "unhealthy_threshold",
                    "healthy_threshold",
                    "http_health_check",
                    "tcp_health_check",
                    "grpc_health_check")
            .ignore("probes of one workload need not be spread", "initial_jitter", "interval_jitter", "interval_jitter_percent")
            .ignore("idle endpoints are asked as often as busy ones", "no_traffic_interval", "no_traffic_healthy_interval")
            .ignore("each probe uses a connection of its own, which is the stricter of the two", "reuse_connection")
            .ignore("every change is logged", "event_log_path", "event_logger", "always_log_health_check_failures", "always_log_health_check_success");
    private static final Fields HTTP = Fields.of(
            HealthCheck.HttpHealthCheck.getDescriptor(), "host", "path", "expected_statuses", "codec_client_type", "method");
    private static final Fields TCP = Fields.of(HealthCheck.TcpHealthCheck.getDescriptor());
    private static final Fields GRPC =
            Fields.of(HealthCheck.GrpcHealthCheck.getDescriptor(), "service_name", "authority");
    private static final Fields RANGE = Fields.of(Int64Range.getDescriptor(), "start", "end");

    private HealthCheckParser() {}

    static HealthCheckResource parse(Where where, HealthCheck check) {
        CHECK.check(where, check);
        return new HealthCheckResource(
                positive(where, "timeout", check.getTimeout()),
                positive(where, "interval", check.getInterval()),
                threshold(where, "unhealthy_threshold", check.hasUnhealthyThreshold(), check.getUnhealthyThreshold().getValue()),
                threshold(where, "healthy_threshold", check.hasHealthyThreshold(), check.getHealthyThreshold().getValue()),
                probe(where, check));
    }

    private static Duration positive(Where where, String field, com.google.protobuf.Duration value) {
        Duration duration = Values.duration(where, field, value);
        if (duration.isZero()) {
            throw where.refuse(field, "0s", "> 0s");
        }
        return duration;
    }

    private static int threshold(Where where, String field, boolean set, int value) {
        if (!set) {
            return 1;
        }
        if (value < 1) {
            throw where.refuse(field, Integer.toUnsignedString(value), "1 to 2147483647");
        }
        return value;
    }

    private static HealthCheckResource.Probe probe(Where where, HealthCheck check) {
        switch (check.getHealthCheckerCase()) {
            case HTTP_HEALTH_CHECK:
                return http(where.field("http_health_check"), check.getHttpHealthCheck());
            case TCP_HEALTH_CHECK:
                TCP.check(where.field("tcp_health_check"), check.getTcpHealthCheck());
                return new HealthCheckResource.Probe.Tcp();
            case GRPC_HEALTH_CHECK:
                GRPC.check(where.field("grpc_health_check"), check.getGrpcHealthCheck());
                return new HealthCheckResource.Probe.Grpc(
                        check.getGrpcHealthCheck().getServiceName(), check.getGrpcHealthCheck().getAuthority());
            default:
                throw where.refuse("nothing to check (expected: http_health_check, tcp_health_check or grpc_health_check)");
        }
    }

    private static HealthCheckResource.Probe http(Where where, HealthCheck.HttpHealthCheck http) {
        HTTP.check(where, http);
        if (http.getMethod() != RequestMethod.METHOD_UNSPECIFIED && http.getMethod() != RequestMethod.GET) {
            throw where.refuse("method", http.getMethod(), "GET");
        }
        if (http.getCodecClientType() != CodecClientType.HTTP1) {
            throw where.refuse("codec_client_type", http.getCodecClientType(), "HTTP1");
        }
        if (!http.getPath().startsWith("/")) {
            throw where.refuse("path", "\"" + http.getPath() + "\"", "a path that starts with /");
        }
        List<HealthCheckResource.StatusRange> statuses = new ArrayList<>();
        for (int i = 0; i < http.getExpectedStatusesCount(); i++) {
            Int64Range range = http.getExpectedStatuses(i);
            Where at = where.item("expected_statuses", i);
            RANGE.check(at, range);
            if (range.getStart() < 100 || range.getEnd() > 600 || range.getStart() >= range.getEnd()) {
                throw at.refuse(range.getStart() + " to " + range.getEnd() + " (expected: within 100 to 600)");
            }
            statuses.add(new HealthCheckResource.StatusRange((int) range.getStart(), (int) range.getEnd()));
        }
        return new HealthCheckResource.Probe.Http(
                http.getHost(), http.getPath(), statuses, false);
    }
}
