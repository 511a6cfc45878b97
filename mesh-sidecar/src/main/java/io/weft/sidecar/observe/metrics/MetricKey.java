package io.weft.sidecar.observe.metrics;

import java.util.List;

/**
 * A series: name and labels. Label values are configuration or a bounded set (codes, flags), never raw request data.
 *
 * @param labels name, value, name, value, …
 */
public record MetricKey(String name, List<String> labels, boolean isGauge) {
    public MetricKey {
        labels = List.copyOf(labels);
        if (labels.size() % 2 != 0) {
            throw new IllegalArgumentException("labels: " + labels.size() + " (expected: pairs)");
        }
    }

    public static MetricKey of(String name, String... labels) {
        return new MetricKey(name, List.of(labels), false);
    }

    public static MetricKey of(String name, List<String> labels) {
        return new MetricKey(name, labels, false);
    }

    public MetricKey asGauge() {
        return new MetricKey(name, labels, true);
    }
}
