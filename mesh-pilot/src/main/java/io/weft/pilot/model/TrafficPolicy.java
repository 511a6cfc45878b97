package io.weft.pilot.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Blocks of a client's behaviour. A port's settings replace the upper ones wholesale, a subset's block by block.
 *
 * @param retryBudget not among a port's settings: they leave it as it is
 */
public record TrafficPolicy(
        @Nullable LoadBalancer loadBalancer,
        @Nullable ConnectionPool connectionPool,
        @Nullable OutlierDetection outlierDetection,
        @Nullable ClientTls tls,
        @Nullable RetryBudget retryBudget,
        List<PortSettings> portLevelSettings) {

    public TrafficPolicy {
        portLevelSettings = List.copyOf(portLevelSettings);
    }

    /** @param port service port */
    public record PortSettings(
            int port,
            @Nullable LoadBalancer loadBalancer,
            @Nullable ConnectionPool connectionPool,
            @Nullable OutlierDetection outlierDetection,
            @Nullable ClientTls tls) {}
}
