package io.weft.gateway.engine;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.Histogram;
import io.weft.sidecar.observe.metrics.MetricKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The engine's counters among the registry's own at {@code /actuator/prometheus}: read when scraped, nothing on the request path. */
final class EngineSeries implements MultiCollector {

    private static final double[] BOUNDS = bounds();

    private final EngineMetrics metrics;

    EngineSeries(EngineMetrics metrics) {
        this.metrics = metrics;
    }

    private static double[] bounds() {
        double[] bounds = Arrays.copyOf(
                Histogram.BOUNDS.stream().mapToDouble(Double::doubleValue).toArray(), Histogram.BOUNDS.size() + 1);
        bounds[bounds.length - 1] = Double.POSITIVE_INFINITY;
        return bounds;
    }

    @Override
    public MetricSnapshots collect() {
        Map<String, CounterSnapshot.Builder> counters = new TreeMap<>();
        Map<String, GaugeSnapshot.Builder> gauges = new TreeMap<>();
        metrics.counters().forEach((key, counter) -> {
            if (key.isGauge()) {
                gauges.computeIfAbsent(key.name(), name -> GaugeSnapshot.builder().name(name))
                        .dataPoint(GaugeSnapshot.GaugeDataPointSnapshot.builder()
                                .labels(labels(key))
                                .value(counter.value())
                                .build());
            } else {
                counters.computeIfAbsent(base(key.name()), name -> CounterSnapshot.builder().name(name))
                        .dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                                .labels(labels(key))
                                .value(counter.value())
                                .build());
            }
        });
        Map<String, HistogramSnapshot.Builder> histograms = new TreeMap<>();
        metrics.histograms().forEach((key, histogram) -> histograms
                .computeIfAbsent(key.name(), name -> HistogramSnapshot.builder().name(name))
                .dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
                        .labels(labels(key))
                        .classicHistogramBuckets(ClassicHistogramBuckets.of(BOUNDS, histogram.counts()))
                        .sum(histogram.sum())
                        .build()));
        List<MetricSnapshot> all = new ArrayList<>();
        counters.values().forEach(builder -> all.add(builder.build()));
        gauges.values().forEach(builder -> all.add(builder.build()));
        histograms.values().forEach(builder -> all.add(builder.build()));
        return new MetricSnapshots(all);
    }

    /** The exposition format puts {@code _total} behind a counter's name itself. */
    private static String base(String name) {
        return name.endsWith("_total") ? name.substring(0, name.length() - "_total".length()) : name;
    }

    private static Labels labels(MetricKey key) {
        return Labels.of(key.labels().toArray(String[]::new));
    }
}
