package io.weft.telemetry.store;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Istio's standard metrics: the ones that are added up over the mesh. */
public enum StandardMetric {
    ISTIO_REQUESTS_TOTAL(false, "Requests, by who reported them"),
    ISTIO_REQUEST_DURATION_MILLISECONDS(true, "Time from the first byte of a request to the last of its answer"),
    ISTIO_REQUEST_BYTES(true, "Bytes of requests"),
    ISTIO_RESPONSE_BYTES(true, "Bytes of responses"),
    ISTIO_REQUEST_MESSAGES_TOTAL(false, "gRPC messages sent by clients"),
    ISTIO_RESPONSE_MESSAGES_TOTAL(false, "gRPC messages sent by servers"),
    ISTIO_TCP_SENT_BYTES_TOTAL(false, "Bytes sent to clients over TCP"),
    ISTIO_TCP_RECEIVED_BYTES_TOTAL(false, "Bytes received from clients over TCP"),
    ISTIO_TCP_CONNECTIONS_OPENED_TOTAL(false, "TCP connections opened"),
    ISTIO_TCP_CONNECTIONS_CLOSED_TOTAL(false, "TCP connections closed");

    private static final Map<String, StandardMetric> BY_NAME =
            Stream.of(values()).collect(Collectors.toUnmodifiableMap(StandardMetric::metricName, Function.identity()));

    private final String metricName = name().toLowerCase(Locale.ROOT);
    private final boolean histogram;
    private final String help;

    StandardMetric(boolean histogram, String help) {
        this.histogram = histogram;
        this.help = help;
    }

    /** As Prometheus' text spells it. */
    public String metricName() {
        return metricName;
    }

    public boolean histogram() {
        return histogram;
    }

    public String help() {
        return help;
    }

    public static Optional<StandardMetric> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }
}
