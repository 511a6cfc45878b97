package io.weft.telemetry.ingest.scrape;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.weft.telemetry.store.Distribution;
import io.weft.telemetry.store.LabelSet;
import io.weft.telemetry.store.MetricStore;
import io.weft.telemetry.store.Reading;
import io.weft.telemetry.store.StandardMetric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Shows the mesh's sums on the page of mesh-telemetry's own metrics. */
final class MeshCollector implements MultiCollector {

    private static final String TOTAL = "_total";

    private final MetricStore metrics;

    MeshCollector(MetricStore metrics) {
        this.metrics = metrics;
    }

    @Override
    public MetricSnapshots collect() {
        List<MetricSnapshot> snapshots = new ArrayList<>();
        metrics.totals().forEach((metric, series) -> {
            if (!series.isEmpty()) {
                snapshots.add(metric.histogram() ? histogram(metric, series) : counter(metric, series));
            }
        });
        return new MetricSnapshots(snapshots);
    }

    private static CounterSnapshot counter(StandardMetric metric, Map<LabelSet, Reading> series) {
        String name = metric.metricName();
        CounterSnapshot.Builder snapshot = CounterSnapshot.builder()
                .name(name.substring(0, name.length() - TOTAL.length()))
                .help(metric.help());
        series.forEach((labels, reading) -> {
            if (reading instanceof Reading.Count count) {
                snapshot.dataPoint(CounterSnapshot.CounterDataPointSnapshot.builder()
                        .labels(labels(labels))
                        .value(count.value())
                        .build());
            }
        });
        return snapshot.build();
    }

    private static HistogramSnapshot histogram(StandardMetric metric, Map<LabelSet, Reading> series) {
        HistogramSnapshot.Builder snapshot = HistogramSnapshot.builder().name(metric.metricName()).help(metric.help());
        series.forEach((labels, reading) -> {
            if (reading instanceof Reading.Histogram histogram) {
                Distribution distribution = histogram.distribution();
                snapshot.dataPoint(HistogramSnapshot.HistogramDataPointSnapshot.builder()
                        .labels(labels(labels))
                        .classicHistogramBuckets(buckets(distribution))
                        .sum(distribution.sum())
                        .build());
            }
        });
        return snapshot.build();
    }

    /** Each bucket on its own, the infinite one last. */
    private static ClassicHistogramBuckets buckets(Distribution distribution) {
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        long below = 0;
        for (int i = 0; i < distribution.buckets(); i++) {
            long upTo = Math.max(below, Math.round(distribution.cumulative(i)));
            buckets.bucket(distribution.bound(i), upTo - below);
            below = upTo;
        }
        buckets.bucket(Double.POSITIVE_INFINITY, Math.max(0, Math.round(distribution.count()) - below));
        return buckets.build();
    }

    private static Labels labels(LabelSet labels) {
        return Labels.of(labels.names().toArray(String[]::new), labels.values().toArray(String[]::new));
    }
}
