package io.weft.demo.survive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Every request counted, and of each that failed all that explains it, between what was done to the mesh meanwhile. */
final class Tally {

    private static final int SHOWN = 60;

    private final String scenario;
    private final long start = System.nanoTime();
    private final Map<String, Integer> right = new TreeMap<>();
    private final List<String> lines = new ArrayList<>();
    private final List<Long> micros = new ArrayList<>();
    private int failed;
    private int counted;

    Tally(String scenario) {
        this.scenario = scenario;
    }

    /** Something was done to the mesh now. */
    synchronized void mark(String what) {
        lines.add(at(System.nanoTime()) + " --- " + what);
    }

    synchronized void right(String lane, long sent) {
        counted++;
        right.merge(lane, 1, Integer::sum);
        micros.add((System.nanoTime() - sent) / 1000);
    }

    synchronized void wrong(String lane, Ask ask, long sent, String why) {
        counted++;
        failed++;
        if (failed <= SHOWN) {
            lines.add(at(System.nanoTime()) + " " + lane + " " + ask.host() + ask.path() + " sent " + at(sent) + ": " + why);
        }
    }

    synchronized int counted() {
        return counted;
    }

    /** Fails with each failure and what happened around it. */
    synchronized void assertNoneFailed(int atLeast) {
        assertThat(failed).as("%s: failed of %d%n%s", scenario, counted, String.join(System.lineSeparator(), lines)).isZero();
        assertThat(counted).as("%s: counted", scenario).isGreaterThanOrEqualTo(atLeast);
    }

    /** One line for the report. */
    synchronized String summary() {
        List<Long> sorted = micros.stream().sorted().toList();
        return String.format(
                Locale.ROOT,
                "%s: %d counted in %.1f s, %d failed, median %.1f ms, 99 %% in %.1f ms, slowest %.1f ms, by kind %s",
                scenario,
                counted,
                (System.nanoTime() - start) / 1e9,
                failed,
                share(sorted, 0.5),
                share(sorted, 0.99),
                share(sorted, 1),
                right);
    }

    private static double share(List<Long> sorted, double share) {
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.min(sorted.size() - 1, sorted.size() * share)) / 1000.0;
    }

    private String at(long nanos) {
        return String.format(Locale.ROOT, "+%.3f s", (nanos - start) / 1e9);
    }
}
