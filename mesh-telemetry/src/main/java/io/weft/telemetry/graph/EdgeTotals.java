package io.weft.telemetry.graph;

import io.weft.telemetry.store.Distribution;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleBinaryOperator;

/**
 * What went over one edge since the start. Immutable.
 *
 * @param requests requests, or TCP connections opened
 * @param errors of them
 * @param secured of them, by mutual TLS; told by the called side only
 * @param plain of them, without
 * @param bytes TCP bytes both ways
 * @param codes requests by HTTP status
 * @param durations milliseconds
 */
record EdgeTotals(
        double requests,
        double errors,
        double secured,
        double plain,
        double bytes,
        Map<String, Double> codes,
        Distribution durations) {

    static final EdgeTotals NONE = new EdgeTotals(0, 0, 0, 0, 0, Map.of(), Distribution.NONE);

    static EdgeTotals ofRequests(double requests, boolean error, String security, String code) {
        return new EdgeTotals(
                requests,
                error ? requests : 0,
                security.equals("mutual_tls") ? requests : 0,
                security.equals("none") ? requests : 0,
                0,
                Map.of(isStatus(code) ? code : "unknown", requests),
                Distribution.NONE);
    }

    /** Only these are told apart: a reporter that makes up others must not fill the memory with them. */
    private static boolean isStatus(String code) {
        return code.equals("0") || code.length() == 3 && code.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    static EdgeTotals ofConnections(double opened, String security) {
        return new EdgeTotals(
                opened,
                0,
                security.equals("mutual_tls") ? opened : 0,
                security.equals("none") ? opened : 0,
                0,
                Map.of(),
                Distribution.NONE);
    }

    static EdgeTotals ofBytes(double bytes) {
        return new EdgeTotals(0, 0, 0, 0, bytes, Map.of(), Distribution.NONE);
    }

    static EdgeTotals ofDurations(Distribution durations) {
        return new EdgeTotals(0, 0, 0, 0, 0, Map.of(), durations);
    }

    EdgeTotals plus(EdgeTotals other) {
        return combined(other, Double::sum, durations.plus(other.durations));
    }

    EdgeTotals minus(EdgeTotals earlier) {
        return combined(earlier, (a, b) -> a - b, durations.minus(earlier.durations));
    }

    private EdgeTotals combined(EdgeTotals other, DoubleBinaryOperator operator, Distribution combinedDurations) {
        Map<String, Double> combinedCodes = new TreeMap<>(codes);
        other.codes.forEach((code, count) ->
                combinedCodes.put(code, operator.applyAsDouble(combinedCodes.getOrDefault(code, 0.0), count)));
        return new EdgeTotals(
                operator.applyAsDouble(requests, other.requests),
                operator.applyAsDouble(errors, other.errors),
                operator.applyAsDouble(secured, other.secured),
                operator.applyAsDouble(plain, other.plain),
                operator.applyAsDouble(bytes, other.bytes),
                combinedCodes,
                combinedDurations);
    }

    boolean isQuiet() {
        return requests <= 0 && bytes <= 0;
    }
}
