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
    private final List<String> notes = new ArrayList<>();
    private String lastMark = "the start";
    private long markedAt = start;
    private String slowest = "nobody";
    private long slowestNanos = -1;
    private int failed;
    private int counted;

    Tally(String scenario) {
        this.scenario = scenario;
    }

    /** Something was done to the mesh now. */
    synchronized void mark(String what) {
        markedAt = System.nanoTime();
        lastMark = what;
        lines.add(at(markedAt) + " --- " + what);
    }

    /** Something that the report's line has to say beside the numbers. */
    synchronized void note(String what) {
        notes.add(what);
    }

    synchronized void right(String lane, Ask ask, long sent) {
        counted++;
        right.merge(lane, 1, Integer::sum);
        long now = System.nanoTime();
        micros.add((now - sent) / 1000);
        if (now - sent > slowestNanos) {
            slowestNanos = now - sent;
            slowest = String.format(
                    Locale.ROOT, "%s %s sent %s, answered %.1f s after: %s", lane, ask.path(), at(sent), (now - markedAt) / 1e9, lastMark);
        }
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

    /** Fails if what was counted is no load. */
    synchronized void assertLoad(double seconds, int leastPerSecond) {
        assertThat(counted / seconds).as("%s: counted a second; %s", scenario, notes).isGreaterThanOrEqualTo(leastPerSecond);
    }

    /**
     * One line for the report.
     *
     * @param seconds that it took
     */
    synchronized String summary(double seconds) {
        List<Long> sorted = micros.stream().sorted().toList();
        return String.format(
                Locale.ROOT,
                "%s: %d counted in %.1f s, %.0f a second, %s, %d failed, median %.1f ms, 99 %% in %.1f ms, slowest %.1f ms (%s), by kind %s",
                scenario,
                counted,
                seconds,
                counted / seconds,
                String.join(", ", notes),
                failed,
                share(sorted, 0.5),
                share(sorted, 0.99),
                share(sorted, 1),
                slowest,
                right);
    }

    private static double share(List<Long> sorted, double share) {
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.min(sorted.size() - 1, sorted.size() * share)) / 1000.0;
    }

    private String at(long nanos) {
        return String.format(Locale.ROOT, "+%.3f s", (nanos - start) / 1e9);
    }
}
