package io.weft.pilot;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * mesh-pilot's settings ({@code weft.pilot.*}); those of xDS are in {@code weft.pilot.xds.*}.
 *
 * @param dir registrations, last accepted configuration, versions; default {@code pilot} below home
 * @param httpPort REST and Actuator; 0 is a free one
 * @param workloadGrace how long registrations from before a restart stay when nobody renews them
 * @param allowedHosts names, without port, that the REST API may be reached by beside loopback's
 */
@ConfigurationProperties("weft.pilot")
public record PilotProperties(
        @Nullable Path dir,
        @DefaultValue("15014") int httpPort,
        @DefaultValue("30s") Duration workloadGrace,
        @DefaultValue List<String> allowedHosts) {

    public PilotProperties {
        if (httpPort < 0 || httpPort > 65_535) {
            throw new IllegalArgumentException("weft.pilot.http-port: " + httpPort + " (expected: 0 to 65535)");
        }
        if (workloadGrace.isNegative()) {
            throw new IllegalArgumentException("weft.pilot.workload-grace: " + workloadGrace + " (expected: >= 0s)");
        }
    }
}
