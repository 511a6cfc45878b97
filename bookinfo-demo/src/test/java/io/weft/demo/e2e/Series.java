package io.weft.demo.e2e;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Prometheus text as somebody who scrapes it has it: samples of one name, each with its labels. */
final class Series {

    private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? ([0-9.eE+-]+)$");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    private final Map<Map<String, String>, Double> samples = new HashMap<>();

    private Series() {}

    static Series of(String name, String text) {
        Series series = new Series();
        Matcher sample = SAMPLE.matcher(text);
        while (sample.find()) {
            if (sample.group(1).equals(name)) {
                Map<String, String> labels = new TreeMap<>();
                if (sample.group(2) != null) {
                    Matcher label = LABEL.matcher(sample.group(2));
                    while (label.find()) {
                        labels.put(label.group(1), label.group(2));
                    }
                }
                series.samples.merge(labels, Double.parseDouble(sample.group(3)), Double::sum);
            }
        }
        return series;
    }

    static Series at(String uri, String name) {
        return of(name, Http.get(uri).body());
    }

    Map<Map<String, String>, Double> samples() {
        return samples;
    }

    /** Sums by the value of one label, over those whose labels are {@code of}; what did not grow since {@code before} is left out. */
    Map<String, Long> since(Series before, String by, Predicate<Map<String, String>> of) {
        Map<String, Long> sums = new TreeMap<>();
        samples.forEach((labels, value) -> {
            long grown = Math.round(value - before.samples.getOrDefault(labels, 0.0));
            if (grown != 0 && of.test(labels)) {
                sums.merge(labels.getOrDefault(by, ""), grown, Long::sum);
            }
        });
        return sums;
    }
}
