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
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the mesh's metrics on a page in Prometheus' text format (0.0.4). Lines of other metrics are skipped unread; one bad line of the mesh's own
 * and the whole page is refused, so that no sum is half of the truth.
 */
final class PageParser {

    private static final int MAX_LINE = 32 * 1024;
    private static final int MAX_LABELS = 64;
    private static final int MAX_NAME = 128;
    private static final int MAX_VALUE = 1024;
    private static final String MESH = "istio_";
    private static final String START = "process_start_time_seconds";
    private static final String TYPE = "# TYPE " + MESH;
    private static final String BOUND = "le";

    private final String text;
    private final int maxSeries;
    private final Map<StandardMetric, Map<LabelSet, Reading>> counts = new EnumMap<>(StandardMetric.class);
    private final Map<StandardMetric, Map<LabelSet, HistogramLines>> histograms = new EnumMap<>(StandardMetric.class);
    /** One request's labels stand at its count, its duration and its sizes. */
    private final Map<LabelSet, LabelSet> known = new HashMap<>();

    private @Nullable Double start;
    private int series;
    private int line;
    private int at;
    private int end;
    private String labelsText = "";
    private @Nullable LabelSet labelsBefore;
    private @Nullable String bound;

    private PageParser(String text, int maxSeries) {
        this.text = text;
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
        int next = 0;
        while (next < text.length()) {
            line++;
            at = next;
            int newline = text.indexOf('\n', next);
            end = newline < 0 ? text.length() : newline;
            next = end + 1;
            if (text.startsWith(MESH, at)) {
                sample();
            } else if (text.startsWith(TYPE, at)) {
                type();
            } else if (text.startsWith(START, at) && isEndOfName(at + START.length())) {
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

    private boolean isEndOfName(int index) {
        return index >= end || text.charAt(index) == ' ' || text.charAt(index) == '{';
    }

    private void type() throws UnreadablePageException {
        String[] words = text.substring(at, Math.min(end, at + MAX_LINE)).split(" ", -1);
        StandardMetric metric = words.length == 4 ? StandardMetric.named(words[2]).orElse(null) : null;
        if (metric != null) {
            String expected = metric.histogram() ? "histogram" : "counter";
            if (!words[3].strip().equals(expected)) {
                throw wrong("type of " + words[2], words[3], expected);
            }
        }
    }

    /** May carry labels of a common kind; only its value counts. */
    private void start() throws UnreadablePageException {
        checkLine();
        at = text.lastIndexOf(' ', end - 1) + 1;
        start = number(text.substring(at, end));
    }

    private void sample() throws UnreadablePageException {
        checkLine();
        int from = at;
        while (!isEndOfName(at)) {
            at++;
        }
        String name = text.substring(from, at);
        StandardMetric counter = StandardMetric.named(name).orElse(null);
        if (counter != null && !counter.histogram()) {
            LabelSet labels = labels(false);
            Map<LabelSet, Reading> readings = counts.computeIfAbsent(counter, metric -> new HashMap<>());
            if (readings.put(labels, new Reading.Count(value())) != null) {
                throw new UnreadablePageException("line " + line + ": a series of " + name + " is there twice");
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
                bound = null;
                HistogramLines lines = lines(histogram, labels(true));
                if (bound == null) {
                    throw new UnreadablePageException("line " + line + ": a bucket of " + name + " has no label le");
                }
                lines.bucket(bound, value(), line);
            }
            case "_sum" -> lines(histogram, labels(false)).sum(value());
            case "_count" -> lines(histogram, labels(false)).count(value());
            default -> throw new UnreadablePageException("line " + line + ": " + Texts.shown(name) + " is no part of a histogram");
        }
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

    private void checkLine() throws UnreadablePageException {
        if (end - at > MAX_LINE) {
            throw new UnreadablePageException("line " + line + " has " + (end - at) + " characters (expected: at most " + MAX_LINE + ")");
        }
    }

    /** Buckets of one histogram differ in their last label only: what stands before it is read once. */
    private LabelSet labels(boolean bucket) throws UnreadablePageException {
        if (at >= end || text.charAt(at) != '{') {
            return LabelSet.of(new TreeMap<>());
        }
        int from = at + 1;
        LabelSet before = labelsBefore;
        if (bucket && before != null && text.startsWith(labelsText + BOUND + "=\"", from)) {
            at = from + labelsText.length() + BOUND.length() + 1;
            bound = quoted();
            closeAfter();
            return before;
        }
        return readLabels(from, bucket);
    }

    private LabelSet readLabels(int from, boolean bucket) throws UnreadablePageException {
        at = from;
        TreeMap<String, String> labels = new TreeMap<>();
        int lastBegan = from;
        String lastName = "";
        while (at < end && text.charAt(at) != '}') {
            lastBegan = at;
            lastName = labelName();
            String value = quoted();
            if (bucket && lastName.equals(BOUND)) {
                bound = value;
            } else if (labels.put(lastName, value) != null) {
                throw new UnreadablePageException("line " + line + ": label " + lastName + " is there twice");
            }
            if (labels.size() > MAX_LABELS) {
                throw new UnreadablePageException("line " + line + ": more than " + MAX_LABELS + " labels");
            }
            if (at < end && text.charAt(at) == ',') {
                at++;
            } else if (at >= end || text.charAt(at) != '}') {
                throw wrong("after label " + lastName, rest(), ", or }");
            }
        }
        if (at >= end) {
            throw new UnreadablePageException("line " + line + ": the labels do not end (expected: })");
        }
        at++;
        LabelSet read = known.computeIfAbsent(LabelSet.of(labels), Function.identity());
        boolean boundIsLast = bucket && lastName.equals(BOUND);
        labelsText = boundIsLast ? text.substring(from, lastBegan) : "";
        labelsBefore = boundIsLast ? read : null;
        return read;
    }

    private void closeAfter() throws UnreadablePageException {
        if (at < end && text.charAt(at) == ',') {
            at++;
        }
        if (at >= end || text.charAt(at) != '}') {
            throw wrong("after label " + BOUND, rest(), "}");
        }
        at++;
    }

    private String labelName() throws UnreadablePageException {
        int from = at;
        while (at < end && isNameCharacter(text.charAt(at), at > from)) {
            at++;
        }
        String name = text.substring(from, at);
        boolean ended = at < end && text.charAt(at) == '=';
        if (name.isEmpty() || !ended || name.length() > MAX_NAME || name.startsWith("__")) {
            throw wrong("label name", text.substring(from, Math.min(end, at + 1)), "[a-zA-Z_][a-zA-Z0-9_]*=, not beginning with __");
        }
        at++;
        return name;
    }

    private static boolean isNameCharacter(char c, boolean digitsToo) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || digitsToo && c >= '0' && c <= '9';
    }

    private String quoted() throws UnreadablePageException {
        if (at >= end || text.charAt(at) != '"') {
            throw wrong("label value", rest(), "\"");
        }
        int from = ++at;
        while (at < end && text.charAt(at) != '"' && text.charAt(at) != '\\') {
            at++;
        }
        StringBuilder escaped = null;
        while (at < end && text.charAt(at) != '"') {
            if (escaped == null) {
                escaped = new StringBuilder(text.substring(from, at));
            }
            char c = text.charAt(at++);
            escaped.append(c == '\\' ? escape() : c);
        }
        if (at >= end) {
            throw new UnreadablePageException("line " + line + ": a label's value does not end (expected: \")");
        }
        String value = escaped == null ? text.substring(from, at) : escaped.toString();
        at++;
        if (value.length() > MAX_VALUE) {
            throw new UnreadablePageException(
                    "line " + line + ": a label's value has " + value.length() + " characters (expected: at most " + MAX_VALUE + ")");
        }
        return value;
    }

    private char escape() throws UnreadablePageException {
        char c = at < end ? text.charAt(at++) : ' ';
        return switch (c) {
            case '\\', '"' -> c;
            case 'n' -> '\n';
            default -> throw wrong("escape", "\\" + c, "\\\\, \\\" or \\n");
        };
    }

    /** What stands behind the labels: a number, and perhaps a time that does not matter here. */
    private double value() throws UnreadablePageException {
        if (at >= end || text.charAt(at) != ' ') {
            throw wrong("value", rest(), "a space and a number");
        }
        String[] words = text.substring(at + 1, end).strip().split(" ", -1);
        if (words.length > 2 || words.length == 2 && !isTime(words[1])) {
            throw wrong("value", rest(), "a number, perhaps a time");
        }
        return number(words[0]);
    }

    private static boolean isTime(String word) {
        return !word.isEmpty() && word.length() <= 20 && word.chars().allMatch(c -> c >= '0' && c <= '9' || c == '-');
    }

    private double number(String word) throws UnreadablePageException {
        // Java's own reading knows hexadecimal and suffixes, which are not Prometheus'.
        boolean plain = !word.isEmpty()
                && word.length() <= 32
                && word.chars().allMatch(c -> c >= '0' && c <= '9' || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-');
        double number = -1;
        if (plain) {
            try {
                number = Double.parseDouble(word);
            } catch (NumberFormatException notANumber) {
                number = -1;
            }
        }
        if (number < 0 || Double.isInfinite(number)) {
            throw wrong("value", word, "a number >= 0");
        }
        return number;
    }

    private String rest() {
        return Texts.cut(text.substring(Math.min(at, end), end), MAX_NAME);
    }

    private UnreadablePageException wrong(String what, String value, String expected) {
        return new UnreadablePageException("line " + line + ": " + what + " " + Texts.shown(value) + " (expected: " + expected + ")");
    }
}
