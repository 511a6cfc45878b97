package io.weft.demo.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the sidecar of this app takes outgoing calls. With no capture on the machine an app must know that; the address comes from a
 * property, from {@code HTTP_PROXY}, or from a file that appears when the sidecar has bound its port.
 */
final class Sidecar {

    private final @Nullable HostAndPort fixed;
    private final @Nullable Path file;
    private volatile @Nullable HostAndPort read;

    Sidecar(AppProperties properties, @Nullable String environment) {
        if (hasText(properties.httpProxy())) {
            this.fixed = HostAndPort.parse(properties.httpProxy(), "weft.app.http-proxy");
        } else if (properties.httpProxyFile() == null && hasText(environment)) {
            this.fixed = HostAndPort.parse(environment, "HTTP_PROXY");
        } else {
            this.fixed = null;
        }
        this.file = properties.httpProxyFile();
    }

    /**
     * The address, or null if this app has no sidecar and calls go straight.
     *
     * @throws UncheckedIOException if there is to be a sidecar, but it has not said yet where
     */
    @Nullable HostAndPort address() {
        if (fixed != null || file == null) {
            return fixed;
        }
        HostAndPort known = read;
        if (known == null) {
            known = readFile(file);
            read = known;
        }
        return known;
    }

    /** The address did not answer: whoever restarted the sidecar may have written another one. */
    void forget() {
        read = null;
    }

    private static HostAndPort readFile(Path file) {
        try {
            return HostAndPort.parse(Files.readString(file), file.toString());
        } catch (IOException absent) {
            throw new UncheckedIOException("the sidecar has not written " + file + " yet", absent);
        }
    }

    private static boolean hasText(@Nullable String value) {
        return value != null && !value.isBlank();
    }
}
