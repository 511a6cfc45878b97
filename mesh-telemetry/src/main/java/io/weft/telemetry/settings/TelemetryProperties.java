package io.weft.telemetry.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * mesh-telemetry's settings ({@code weft.telemetry.*}).
 *
 * @param httpPort REST, console, Actuator, OTLP/HTTP and Zipkin; 0 is a free one
 * @param plaintextPort gRPC on loopback without TLS; 0 is a free one, -1 none
 * @param tlsPort gRPC with mesh TLS; 0 is a free one, -1 none
 * @param certsDir folder with cert-chain.pem, key.pem and root-cert.pem; default {@code run/mesh-telemetry/certs} below home
 * @param certsReload how often that folder is looked at
 * @param maxMessage largest message of spans or logs, decompressed
 * @param maxConnections connections at a time, each gRPC port
 * @param allowedHosts names, without port, that REST may be reached by beside loopback's
 * @param logs what is kept of access logs
 * @param spans what is kept of spans
 * @param scrape how metrics are collected
 * @param graph what is kept for the graph
 */
@ConfigurationProperties("weft.telemetry")
public record TelemetryProperties(
        @DefaultValue("15016") int httpPort,
        @DefaultValue("4317") int plaintextPort,
        @DefaultValue("15019") int tlsPort,
        @Nullable Path certsDir,
        @DefaultValue("1s") Duration certsReload,
        @DefaultValue("4MB") DataSize maxMessage,
        @DefaultValue("1000") int maxConnections,
        @DefaultValue List<String> allowedHosts,
        @DefaultValue Logs logs,
        @DefaultValue Spans spans,
        @DefaultValue Scrape scrape,
        @DefaultValue Graph graph) {

    public TelemetryProperties {
        port("http-port", httpPort, 0);
        port("plaintext-port", plaintextPort, -1);
        port("tls-port", tlsPort, -1);
        atLeastOne("max-connections", maxConnections);
        atLeastOne("max-message", maxMessage.toBytes());
    }

    /**
     * Access logs ({@code weft.telemetry.logs.*}). What comes first of the two pushes the oldest out.
     *
     * @param capacity lines kept
     * @param memory bytes they may take
     * @param streams clients of the live stream at a time
     */
    public record Logs(
            @DefaultValue("20000") int capacity, @DefaultValue("32MB") DataSize memory, @DefaultValue("64") int streams) {

        public Logs {
            atLeastOne("logs.capacity", capacity);
            atLeastOne("logs.memory", memory.toBytes());
            atLeastOne("logs.streams", streams);
        }
    }

    /**
     * Spans ({@code weft.telemetry.spans.*}). What comes first pushes the oldest trace out.
     *
     * @param capacity spans kept
     * @param memory bytes they may take
     * @param perTrace spans kept of one trace
     */
    public record Spans(
            @DefaultValue("50000") int capacity, @DefaultValue("64MB") DataSize memory, @DefaultValue("1000") int perTrace) {

        public Spans {
            atLeastOne("spans.capacity", capacity);
            atLeastOne("spans.memory", memory.toBytes());
            atLeastOne("spans.per-trace", perTrace);
        }
    }

    /**
     * Metrics ({@code weft.telemetry.scrape.*}).
     *
     * @param interval from the start of one round to the next
     * @param timeout for one target's whole answer
     * @param targets addresses beside those that mesh-pilot names, such as {@code http://127.0.0.1:15015/actuator/prometheus}
     * @param maxSize largest page of a target
     * @param maxTargets targets at a time; those behind are left out
     * @param maxSeries series kept over all targets; what is beyond is counted together under {@code overflow="true"}
     */
    public record Scrape(
            @DefaultValue("5s") Duration interval,
            @DefaultValue("3s") Duration timeout,
            @DefaultValue List<String> targets,
            @DefaultValue("16MB") DataSize maxSize,
            @DefaultValue("500") int maxTargets,
            @DefaultValue("20000") int maxSeries) {

        public Scrape {
            positive("scrape.interval", interval);
            positive("scrape.timeout", timeout);
            atLeastOne("scrape.max-size", maxSize.toBytes());
            atLeastOne("scrape.max-targets", maxTargets);
            atLeastOne("scrape.max-series", maxSeries);
        }
    }

    /**
     * The graph ({@code weft.telemetry.graph.*}).
     *
     * @param keep the longest window that can be asked for
     * @param maxEdges edges kept; what is beyond is left out of the graph, not of the metrics
     */
    public record Graph(@DefaultValue("5m") Duration keep, @DefaultValue("1000") int maxEdges) {

        public Graph {
            positive("graph.keep", keep);
            atLeastOne("graph.max-edges", maxEdges);
        }
    }

    private static void port(String name, int port, int least) {
        if (port < least || port > 65_535) {
            throw new IllegalArgumentException(
                    "weft.telemetry." + name + ": " + port + " (expected: " + least + " to 65535)");
        }
    }

    private static void atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("weft.telemetry." + name + ": " + value + " (expected: >= 1)");
        }
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("weft.telemetry." + name + ": " + value + " (expected: > 0s)");
        }
    }
}
