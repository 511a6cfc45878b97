package io.weft.pilot.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When an endpoint is taken out for failing. Being there switches it on.
 *
 * @param consecutive5xxErrors unset is 5, 0 is off
 * @param consecutiveGatewayErrors unset or 0 is off
 * @param interval unset is 10 s
 * @param baseEjectionTime unset is 30 s
 * @param maxEjectionPercent unset is 10
 * @param minHealthPercent unset is 0
 */
public record OutlierDetection(
        boolean splitExternalLocalOriginErrors,
        @Nullable Integer consecutiveLocalOriginFailures,
        @Nullable Integer consecutiveGatewayErrors,
        @Nullable Integer consecutive5xxErrors,
        @Nullable Duration interval,
        @Nullable Duration baseEjectionTime,
        @Nullable Integer maxEjectionPercent,
        @Nullable Integer minHealthPercent) {}
