package io.weft.pilot.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What workloads report. Every list is in the author's order.
 *
 * @param selector labels in its namespace; null is namespace-wide, and mesh-wide in the root namespace
 */
public record Telemetry(
        ObjectMeta meta,
        @Nullable Map<String, String> selector,
        List<Tracing> tracing,
        List<Metrics> metrics,
        List<AccessLogging> accessLogging)
        implements ConfigObject {

    /** Access logs to the proxy's own output. */
    public static final String PROVIDER_FILE = "envoy";

    /** Access logs and spans to mesh-telemetry. */
    public static final String PROVIDER_COLLECTOR = "weft";

    /** Metrics, asked for by scraping. */
    public static final String PROVIDER_PROMETHEUS = "prometheus";

    public Telemetry {
        selector = selector == null ? null : Copies.ordered(selector);
        tracing = List.copyOf(tracing);
        metrics = List.copyOf(metrics);
        accessLogging = List.copyOf(accessLogging);
    }

    @Override
    public Telemetry withMeta(ObjectMeta newMeta) {
        return new Telemetry(newMeta, selector, tracing, metrics, accessLogging);
    }

    public boolean selects() {
        return selector != null && !selector.isEmpty();
    }

    /** Which side of a request: the caller's proxy (gateways too), the server's, or both. */
    public enum Mode {
        CLIENT_AND_SERVER,
        CLIENT,
        SERVER;

        /** Whether something said for this mode holds for a side. */
        public boolean covers(Mode side) {
            return this == CLIENT_AND_SERVER || this == side;
        }
    }

    /**
     * @param sampling percent; null inherits
     * @param disabled no spans are reported; null inherits
     * @param tags replace those inherited as a whole; null inherits
     */
    public record Tracing(
            Mode mode,
            List<String> providers,
            @Nullable Double sampling,
            @Nullable Boolean disabled,
            @Nullable Map<String, Tag> tags) {

        public Tracing {
            providers = List.copyOf(providers);
            tags = tags == null ? null : Copies.ordered(tags);
        }
    }

    /**
     * What a tag's value is.
     *
     * @param value a literal, or the name of the environment variable or request header
     * @param defaultValue when there is no such variable or header; null: no tag then
     */
    public record Tag(Source source, String value, @Nullable String defaultValue) {

        /** Where the value comes from. */
        public enum Source {
            LITERAL,
            ENVIRONMENT,
            HEADER
        }
    }

    public record Metrics(List<String> providers, List<MetricOverride> overrides) {

        public Metrics {
            providers = List.copyOf(providers);
            overrides = List.copyOf(overrides);
        }
    }

    /** @param disabled null says nothing */
    public record MetricOverride(Metric metric, Mode mode, @Nullable Boolean disabled) {}

    /** The reference mesh's names of its standard metrics. */
    public enum Metric {
        ALL_METRICS,
        REQUEST_COUNT,
        REQUEST_DURATION,
        REQUEST_SIZE,
        RESPONSE_SIZE,
        TCP_OPENED_CONNECTIONS,
        TCP_CLOSED_CONNECTIONS,
        TCP_SENT_BYTES,
        TCP_RECEIVED_BYTES,
        GRPC_REQUEST_MESSAGES,
        GRPC_RESPONSE_MESSAGES
    }

    /**
     * @param providers empty: those that hold without it
     * @param filter null: every request
     */
    public record AccessLogging(
            Mode mode, List<String> providers, boolean disabled, @Nullable LogFilter filter) {

        public AccessLogging {
            providers = List.copyOf(providers);
        }
    }
}
