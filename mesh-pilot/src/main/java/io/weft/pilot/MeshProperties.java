package io.weft.pilot;

import io.weft.pilot.model.AccessLogFormats;
import io.weft.pilot.model.MeshSettings.PathNormalization;
import io.weft.pilot.model.Observability;
import io.weft.pilot.model.Observability.AccessLogFile;
import io.weft.pilot.model.Observability.Collector;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What all parts of a mesh agree on ({@code weft.*}), as far as mesh-pilot needs it.
 *
 * @param home folder of everything the mesh keeps
 * @param trustDomain first part of every SPIFFE id
 * @param config where configuration is read
 * @param telemetry where proxies report to
 * @param mesh what holds for all proxies
 */
@ConfigurationProperties("weft")
public record MeshProperties(
        @DefaultValue(".weft") Path home,
        @DefaultValue("cluster.local") String trustDomain,
        @DefaultValue Config config,
        @DefaultValue Telemetry telemetry,
        @DefaultValue Mesh mesh) {

    /**
     * Where configuration comes from ({@code weft.config.*}): a folder of YAML, unless Kubernetes is enabled.
     *
     * @param dir the folder; default {@code config} below home
     * @param rescan how often it is looked through even when the system reports no change
     * @param kubernetes an API server in the folder's place
     */
    public record Config(@Nullable Path dir, @DefaultValue("2s") Duration rescan, @DefaultValue Kubernetes kubernetes) {}

    /**
     * A Kubernetes API server ({@code weft.config.kubernetes.*}).
     *
     * @param enabled configuration, services and pods come from it; the folder is not read
     * @param kubeconfig how to reach it; default as every client finds it: the pod's service account, KUBECONFIG, .kube/config
     * @param discoverySelector labels of the namespaces that belong to the mesh, {@code label=value,…}; empty: all of them
     */
    public record Kubernetes(@DefaultValue("false") boolean enabled, @Nullable Path kubeconfig, @DefaultValue("") String discoverySelector) {}

    /**
     * mesh-telemetry ({@code weft.telemetry.*}).
     *
     * @param address {@code host:port} of its gRPC port with TLS; empty: proxies report nowhere
     */
    public record Telemetry(@DefaultValue("") String address) {

        public Telemetry {
            naming("weft.telemetry.address", address, Collector::parse);
        }
    }

    /**
     * What all proxies do; a Telemetry object may say otherwise of what they report ({@code weft.mesh.*}).
     *
     * @param pathNormalization the form of a request's path that is matched, authorised and forwarded: {@code none} (as it came), {@code base} (backslashes are
     *     slashes, dot segments are resolved), {@code merge-slashes} (and of several slashes one is left), {@code decode-and-merge-slashes} (and
     *     {@code %2F} and {@code %5C} are slashes)
     * @param accessLogFile {@code /dev/stdout} or {@code /dev/stderr}; empty: none is written
     * @param accessLogEncoding lines of text or of JSON
     * @param accessLogFormat Envoy's format string, under JSON an object of them; empty: the reference mesh's
     * @param tracing spans
     */
    public record Mesh(
            @DefaultValue("base") PathNormalization pathNormalization,
            @DefaultValue("") String accessLogFile,
            @DefaultValue("TEXT") Encoding accessLogEncoding,
            @DefaultValue("") String accessLogFormat,
            @DefaultValue Tracing tracing) {

        public Mesh {
            // A proxy takes no other path from a control plane.
            if (!List.of("", "/dev/stdout", "/dev/stderr").contains(accessLogFile)) {
                throw new IllegalArgumentException(
                        "weft.mesh.access-log-file: " + accessLogFile + " (expected: /dev/stdout, /dev/stderr or nothing)");
            }
            naming("weft.mesh.access-log-format", accessLogFormat, format -> accessLog(accessLogFile, accessLogEncoding, format));
        }

        AccessLogFile accessLog() {
            return accessLog(accessLogFile, accessLogEncoding, accessLogFormat);
        }

        private static AccessLogFile accessLog(String path, Encoding encoding, String format) {
            if (encoding == Encoding.JSON) {
                Map<String, String> keys = format.isEmpty() ? AccessLogFormats.JSON : JsonFormat.read(format);
                keys.values().forEach(AccessLogFormats::check);
                return new AccessLogFile(path, null, keys);
            }
            AccessLogFormats.check(format);
            String text = format.isEmpty() || format.endsWith("\n") ? format : format + "\n";
            return new AccessLogFile(path, text.isEmpty() ? AccessLogFormats.TEXT : text, Map.of());
        }
    }

    /**
     * Spans ({@code weft.mesh.tracing.*}).
     *
     * @param sampling share of the requests without a trace that begin one, percent
     */
    public record Tracing(@DefaultValue("1") double sampling) {

        public Tracing {
            if (!(sampling >= 0 && sampling <= 100)) {
                throw new IllegalArgumentException("weft.mesh.tracing.sampling: " + sampling + " (expected: 0 to 100)");
            }
        }
    }

    /** How a line of the access log looks. */
    public enum Encoding {
        TEXT,
        JSON
    }

    Observability observability() {
        return new Observability(Collector.parse(telemetry.address()), mesh.accessLog(), mesh.tracing().sampling());
    }

    private static void naming(String property, String value, Consumer<String> reader) {
        try {
            reader.accept(value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(property + ": " + e.getMessage(), e);
        }
    }

    Path configDir() {
        return config.dir() == null ? home.resolve("config") : config.dir();
    }
}
