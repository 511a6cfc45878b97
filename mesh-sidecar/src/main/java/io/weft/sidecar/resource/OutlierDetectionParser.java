package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.cluster.v3.OutlierDetection;
import java.time.Duration;

/** {@code OutlierDetection} with Envoy's defaults (outlier_detection.proto). */
final class OutlierDetectionParser {
    private static final Fields FIELDS = Fields.of(
                    OutlierDetection.getDescriptor(),
                    "consecutive_5xx",
                    "interval",
                    "base_ejection_time",
                    "max_ejection_percent",
                    "enforcing_consecutive_5xx",
                    "enforcing_success_rate",
                    "success_rate_minimum_hosts",
                    "success_rate_request_volume",
                    "success_rate_stdev_factor",
                    "consecutive_gateway_failure",
                    "enforcing_consecutive_gateway_failure",
                    "split_external_local_origin_errors",
                    "consecutive_local_origin_failure",
                    "enforcing_consecutive_local_origin_failure",
                    "enforcing_local_origin_success_rate",
                    "enforcing_failure_percentage",
                    "enforcing_failure_percentage_local_origin",
                    "max_ejection_time",
                    "successful_active_health_check_uneject_host",
                    "always_eject_one_host")
            .ignore("only read when failure percentage is enforced, which is refused", "failure_percentage_threshold",
                    "failure_percentage_minimum_hosts", "failure_percentage_request_volume");

    private OutlierDetectionParser() {}

    static ClusterResource.OutlierDetection parse(Where where, OutlierDetection o) {
        FIELDS.check(where, o);
        refuseEnforced(where, "enforcing_failure_percentage", o.getEnforcingFailurePercentage().getValue());
        refuseEnforced(where, "enforcing_failure_percentage_local_origin", o.getEnforcingFailurePercentageLocalOrigin().getValue());
        if (o.getSplitExternalLocalOriginErrors()) {
            refuseEnforced(where, "enforcing_local_origin_success_rate",
                    o.hasEnforcingLocalOriginSuccessRate() ? o.getEnforcingLocalOriginSuccessRate().getValue() : 100);
        }
        if (o.hasSuccessfulActiveHealthCheckUnejectHost() && !o.getSuccessfulActiveHealthCheckUnejectHost().getValue()) {
            throw where.refuse("successful_active_health_check_uneject_host", false, "true");
        }
        Duration base = o.hasBaseEjectionTime()
                ? Values.duration(where, "base_ejection_time", o.getBaseEjectionTime())
                : Duration.ofSeconds(30);
        Duration max = o.hasMaxEjectionTime()
                ? Values.duration(where, "max_ejection_time", o.getMaxEjectionTime())
                : Duration.ofSeconds(300);
        return new ClusterResource.OutlierDetection(
                o.hasConsecutive5Xx() ? Values.uint(o.getConsecutive5Xx()) : 5,
                o.hasConsecutiveGatewayFailure() ? Values.uint(o.getConsecutiveGatewayFailure()) : 5,
                o.hasConsecutiveLocalOriginFailure() ? Values.uint(o.getConsecutiveLocalOriginFailure()) : 5,
                o.getSplitExternalLocalOriginErrors(),
                o.hasInterval() ? positive(where, o) : Duration.ofSeconds(10),
                base,
                max.compareTo(base) < 0 ? base : max,
                o.hasMaxEjectionPercent() ? Values.percent(where, "max_ejection_percent", o.getMaxEjectionPercent()) : 10,
                o.getAlwaysEjectOneHost().getValue(),
                o.hasEnforcingConsecutive5Xx()
                        ? Values.percent(where, "enforcing_consecutive_5xx", o.getEnforcingConsecutive5Xx())
                        : 100,
                o.hasEnforcingConsecutiveGatewayFailure()
                        ? Values.percent(where, "enforcing_consecutive_gateway_failure", o.getEnforcingConsecutiveGatewayFailure())
                        : 0,
                o.hasEnforcingConsecutiveLocalOriginFailure()
                        ? Values.percent(where, "enforcing_consecutive_local_origin_failure", o.getEnforcingConsecutiveLocalOriginFailure())
                        : 100,
                o.hasEnforcingSuccessRate()
                        ? Values.percent(where, "enforcing_success_rate", o.getEnforcingSuccessRate())
                        : 100,
                o.hasSuccessRateMinimumHosts() ? Values.uint(o.getSuccessRateMinimumHosts()) : 5,
                o.hasSuccessRateRequestVolume() ? Values.uint(o.getSuccessRateRequestVolume()) : 100,
                o.hasSuccessRateStdevFactor() ? Values.uint(o.getSuccessRateStdevFactor()) : 1900);
    }

    private static Duration positive(Where where, OutlierDetection o) {
        Duration interval = Values.duration(where, "interval", o.getInterval());
        if (interval.isZero()) {
            throw where.refuse("interval", "0s", "> 0s");
        }
        return interval;
    }

    private static void refuseEnforced(Where where, String field, int percent) {
        if (percent != 0) {
            throw where.refuse(field, Integer.toUnsignedString(percent), "0: this detector is not supported");
        }
    }
}
