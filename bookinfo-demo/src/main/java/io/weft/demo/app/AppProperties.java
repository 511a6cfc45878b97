package io.weft.demo.app;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who this app is and how it reaches others.
 *
 * @param instance the name of this instance, shown to users; default the host's name or the app's own
 * @param httpProxy {@code host:port} of the sidecar that carries outgoing calls; empty: none, calls go straight
 * @param httpProxyFile a file with one line {@code host:port}, for a sidecar that starts after its app; read at the first call and again
 *     after a failed connection; {@code httpProxy} wins over it
 * @param connectTimeout how long a connection may take to open; default 2 s
 * @param drainTime how long an app that is told to stop serves on, unwell to probes, saying on every answer that the connection ends; longer than a probe that
 *     has to fail twice takes to notice; over once nobody but probes has asked for as long, or nobody has been connected for 3 s; default 6 s
 */
@ConfigurationProperties("weft.app")
record AppProperties(
        @Nullable String instance,
        @Nullable String httpProxy,
        @Nullable Path httpProxyFile,
        @DefaultValue("2s") Duration connectTimeout,
        @DefaultValue("6s") Duration drainTime) {

    AppProperties {
        if (connectTimeout.isNegative() || connectTimeout.isZero()) {
            throw new IllegalArgumentException(
                    "weft.app.connect-timeout: " + connectTimeout + " (expected: more than 0)");
        }
        if (drainTime.isNegative()) {
            throw new IllegalArgumentException("weft.app.drain-time: " + drainTime + " (expected: 0 or more)");
        }
    }
}
