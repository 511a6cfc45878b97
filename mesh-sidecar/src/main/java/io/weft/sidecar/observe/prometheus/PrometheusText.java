package io.weft.sidecar.observe.prometheus;

import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.Histogram;
import io.weft.sidecar.observe.metrics.MetricKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes metrics as Prometheus reads them: families together, in the order of their names. */
public final class PrometheusText {
    /** What the text is, for {@code content-type}. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder out = new StringBuilder(16 * 1024);

    /** Adds all series of the engine. */
    public PrometheusText engine(EngineMetrics metrics) {
        Map<String, List<Map.Entry<MetricKey, Counter>>> counters = new TreeMap<>();
        for (Map.Entry<MetricKey, Counter> entry : metrics.counters().entrySet()) {
            counters.computeIfAbsent(entry.getKey().name(), name -> new ArrayList<>()).add(entry);
        }
        counters.forEach((name, series) -> {
            type(name, series.get(0).getKey().isGauge() ? "gauge" : "counter");
            series.forEach(entry -> sample(name, entry.getKey().labels(), entry.getValue().value()));
        });
        Map<String, List<Map.Entry<MetricKey, Histogram>>> histograms = new TreeMap<>();
        for (Map.Entry<MetricKey, Histogram> entry : metrics.histograms().entrySet()) {
            histograms.computeIfAbsent(entry.getKey().name(), name -> new ArrayList<>()).add(entry);
        }
        histograms.forEach((name, series) -> {
            type(name, "histogram");
            series.forEach(entry -> histogram(name, entry.getKey().labels(), entry.getValue()));
        });
        return this;
    }

    private void histogram(String name, List<String> labels, Histogram histogram) {
        long[] counts = histogram.counts();
        long cumulative = 0;
        for (int i = 0; i < counts.length; i++) {
            cumulative += counts[i];
            List<String> withBound = new ArrayList<>(labels);
            withBound.add("le");
            withBound.add(i < Histogram.BOUNDS.size() ? number(Histogram.BOUNDS.get(i)) : "+Inf");
            sample(name + "_bucket", withBound, cumulative);
        }
        sample(name + "_sum", labels, histogram.sum());
        sample(name + "_count", labels, cumulative);
    }

    /** Adds one gauge without others of its name. */
    public PrometheusText gauge(String name, double value, String... labels) {
        type(name, "gauge");
        sample(name, List.of(labels), value);
        return this;
    }

    PrometheusText type(String name, String type) {
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
        return this;
    }

    PrometheusText sample(String name, List<String> labels, double value) {
        out.append(name);
        if (!labels.isEmpty()) {
            out.append('{');
            for (int i = 0; i < labels.size(); i += 2) {
                if (i > 0) {
                    out.append(',');
                }
                out.append(labels.get(i)).append("=\"");
                escape(labels.get(i + 1));
                out.append('"');
            }
            out.append('}');
        }
        out.append(' ').append(number(value)).append('\n');
        return this;
    }

    private void escape(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '"' -> out.append("\\\"");
                case '\n' -> out.append("\\n");
                default -> out.append(c);
            }
        }
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : Double.toString(value);
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
