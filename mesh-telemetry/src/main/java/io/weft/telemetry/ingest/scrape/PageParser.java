package io.weft.telemetry.ingest.scrape;

import io.weft.telemetry.store.LabelSet;
import io.weft.telemetry.store.Page;
import io.weft.telemetry.store.Reading;
import io.weft.telemetry.store.StandardMetric;
import io.weft.telemetry.store.Texts;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the mesh's metrics on a page in Prometheus' text format (0.0.4). Lines of other metrics are skipped unread; one bad line of the mesh's own
 * and the whole page is refused, so that no sum is half of the truth.
 */
final class PageParser {

    private static final String MESH = "istio_";
    private static final String START = "process_start_time_seconds";
    private static final String TYPE = "# TYPE " + MESH;

    private final SampleReader reader;
    private final int maxSeries;
    private final Map<StandardMetric, Map<LabelSet, Reading>> counts = new EnumMap<>(StandardMetric.class);
    private final Map<StandardMetric, Map<LabelSet, HistogramLines>> histograms = new EnumMap<>(StandardMetric.class);
    private @Nullable Double start;
    private int series;

    private PageParser(String text, int maxSeries) {
        this.reader = new SampleReader(text);
        this.maxSeries = maxSeries;
    }

    /** @param maxSeries most series of the mesh's metrics; a histogram is one */
    static Page parse(byte[] bytes, int maxSeries) throws UnreadablePageException {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new UnreadablePageException("the page is not UTF-8");
        }
        return new PageParser(text, maxSeries).page();
    }

    private Page page() throws UnreadablePageException {
        while (reader.nextLine()) {
            if (reader.beginsWith(MESH)) {
                sample();
            } else if (reader.beginsWith(TYPE)) {
                type();
            } else if (reader.isOf(START)) {
                start();
            }
        }
        Map<StandardMetric, Map<LabelSet, Reading>> families = new HashMap<>(counts);
        histograms.forEach((metric, lines) -> {
            Map<LabelSet, Reading> readings = new HashMap<>();
            lines.forEach((labels, each) -> readings.put(labels, new Reading.Histogram(each.distribution())));
            families.put(metric, readings);
        });
        return new Page(families, start);
    }

    private void type() throws UnreadablePageException {
        String[] words = reader.whole().split(" ", -1);
        StandardMetric metric = words.length == 4 ? StandardMetric.named(words[2]).orElse(null) : null;
        if (metric != null) {
            String expected = metric.histogram() ? "histogram" : "counter";
            if (!words[3].strip().equals(expected)) {
                throw reader.wrong("type of " + words[2], words[3], expected);
            }
        }
    }

    /** May carry labels of a common kind; only its value counts. */
    private void start() throws UnreadablePageException {
        String whole = reader.whole();
        start = reader.number(whole.substring(whole.lastIndexOf(' ') + 1));
    }

    private void sample() throws UnreadablePageException {
        String name = reader.name();
        StandardMetric counter = StandardMetric.named(name).orElse(null);
        if (counter != null && !counter.histogram()) {
            LabelSet labels = reader.labels(false);
            Map<LabelSet, Reading> readings = counts.computeIfAbsent(counter, metric -> new HashMap<>());
            if (readings.put(labels, new Reading.Count(reader.value())) != null) {
                throw new UnreadablePageException("line " + reader.line() + ": a series of " + name + " is there twice");
            }
            countSeries();
            return;
        }
        int suffix = name.lastIndexOf('_');
        StandardMetric histogram = StandardMetric.named(name.substring(0, suffix)).orElse(null);
        if (histogram == null || !histogram.histogram()) {
            return;
        }
        switch (name.substring(suffix)) {
            case "_bucket" -> {
                HistogramLines lines = lines(histogram, reader.labels(true));
                lines.bucket(reader.bound(name), reader.value(), reader.line());
            }
            case "_sum" -> lines(histogram, withoutBound(name)).sum(reader.value());
            case "_count" -> lines(histogram, withoutBound(name)).count(reader.value());
            default -> throw new UnreadablePageException("line " + reader.line() + ": " + Texts.shown(name) + " is no part of a histogram");
        }
    }

    /** A series with that label could not be shown: no histogram has it but in its buckets. */
    private LabelSet withoutBound(String name) throws UnreadablePageException {
        LabelSet labels = reader.labels(false);
        if (labels.names().contains("le")) {
            throw new UnreadablePageException("line " + reader.line() + ": " + name + " has the label le (expected: in buckets only)");
        }
        return labels;
    }

    private HistogramLines lines(StandardMetric metric, LabelSet labels) throws UnreadablePageException {
        Map<LabelSet, HistogramLines> all = histograms.computeIfAbsent(metric, name -> new HashMap<>());
        HistogramLines lines = all.get(labels);
        if (lines == null) {
            lines = new HistogramLines();
            all.put(labels, lines);
            countSeries();
        }
        return lines;
    }

    private void countSeries() throws UnreadablePageException {
        if (++series > maxSeries) {
            throw new UnreadablePageException("more than " + maxSeries + " series of the mesh's metrics");
        }
    }
}
