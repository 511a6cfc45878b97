package io.weft.telemetry.graph;

import io.weft.telemetry.store.DropReason;
import io.weft.telemetry.store.Intake;
import io.weft.telemetry.store.Kind;
import io.weft.telemetry.store.LabelSet;
import io.weft.telemetry.store.MetricStore;
import io.weft.telemetry.store.Page;
import io.weft.telemetry.store.Reading;
import io.weft.telemetry.store.StandardMetric;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What went over every edge, round by round: a ring of frames, one for each round of scraping. A frame shares with the one before it all that did not
 * change, so that a quiet edge costs one entry.
 */
public final class EdgeHistory implements MetricStore.Listener {

    private final Duration keep;
    private final int maxEdges;
    private final int maxFrames;
    private final Intake intake;
    private final Map<EdgeKey, EdgeTotals> current = new HashMap<>();
    private final ArrayDeque<Frame> frames = new ArrayDeque<>();
    private boolean changed;

    /**
     * @param keep the longest window
     * @param interval between rounds
     * @param maxEdges edges kept; further ones are counted as dropped
     */
    public EdgeHistory(Duration keep, Duration interval, int maxEdges, Intake intake) {
        this.keep = keep;
        this.maxEdges = maxEdges;
        // One more than the window has: the first is what the others are compared with.
        this.maxFrames = (int) Math.min(10_000, keep.toMillis() / Math.max(1, interval.toMillis()) + 2);
        this.intake = intake;
    }

    private record Frame(Instant time, Map<EdgeKey, EdgeTotals> edges) {}

    /**
     * What went over the edges in a window.
     *
     * @param seconds how long it was; less than asked for while there is less history
     */
    record Window(double seconds, Map<EdgeKey, EdgeTotals> edges) {}

    public Duration keep() {
        return keep;
    }

    @Override
    public synchronized void grown(Page growth) {
        growth.families().forEach((metric, series) -> series.forEach((set, reading) -> add(metric, set, reading)));
    }

    private void add(StandardMetric metric, LabelSet set, Reading reading) {
        EdgeTotals added = totals(metric, set, reading);
        if (added == null || set.equals(LabelSet.OVERFLOW)) {
            return;
        }
        boolean tcp = metric.metricName().startsWith("istio_tcp_");
        EdgeKey key = EdgeLabels.key(set, tcp);
        EdgeTotals before = current.get(key);
        if (before == null && current.size() >= maxEdges) {
            intake.dropped(Kind.EDGE, DropReason.CAPACITY, 1);
            return;
        }
        current.put(key, (before == null ? EdgeTotals.NONE : before).plus(added));
        changed = true;
    }

    private static @Nullable EdgeTotals totals(
            StandardMetric metric, LabelSet set, Reading reading) {
        if (reading instanceof Reading.Histogram histogram) {
            return metric == StandardMetric.ISTIO_REQUEST_DURATION_MILLISECONDS && histogram.distribution().count() > 0
                    ? EdgeTotals.ofDurations(histogram.distribution())
                    : null;
        }
        double value = reading instanceof Reading.Count count ? count.value() : 0;
        if (value <= 0) {
            return null;
        }
        String security = set.get("connection_security_policy");
        return switch (metric) {
            case ISTIO_REQUESTS_TOTAL -> EdgeTotals.ofRequests(value, isError(set), security, set.get("response_code"));
            case ISTIO_TCP_CONNECTIONS_OPENED_TOTAL -> EdgeTotals.ofConnections(value, security);
            case ISTIO_TCP_SENT_BYTES_TOTAL, ISTIO_TCP_RECEIVED_BYTES_TOTAL -> EdgeTotals.ofBytes(value);
            default -> null;
        };
    }

    /** No answer, a 5xx, or a gRPC status that is not OK. */
    private static boolean isError(LabelSet set) {
        String code = set.get("response_code");
        String grpc = set.get("grpc_response_status");
        boolean grpcFailed = set.get("request_protocol").equals("grpc") && !grpc.equals("0") && !grpc.equals("unknown");
        return code.equals("0") || code.length() == 3 && code.startsWith("5") || grpcFailed;
    }

    @Override
    public synchronized void roundDone(Instant now) {
        if (current.size() >= maxEdges) {
            forgetQuiet();
        }
        Frame last = frames.peekLast();
        frames.addLast(new Frame(now, last != null && !changed ? last.edges() : Map.copyOf(current)));
        changed = false;
        while (frames.size() > maxFrames) {
            frames.removeFirst();
        }
    }

    /** Makes room for new edges. What has not grown since the oldest frame is in no window. */
    private void forgetQuiet() {
        Frame oldest = frames.peekFirst();
        if (oldest != null) {
            changed |= current.entrySet().removeIf(edge -> oldest.edges().get(edge.getKey()) == edge.getValue());
        }
    }

    synchronized Window window(Duration length) {
        Frame last = frames.peekLast();
        if (last == null) {
            return new Window(0, Map.of());
        }
        Instant from = last.time().minus(length);
        Frame first = frames.getFirst();
        for (Frame frame : frames) {
            if (frame.time().isAfter(from)) {
                break;
            }
            first = frame;
        }
        Map<EdgeKey, EdgeTotals> before = first.edges();
        Map<EdgeKey, EdgeTotals> grown = new HashMap<>();
        last.edges().forEach((key, totals) -> {
            EdgeTotals earlier = before.get(key);
            if (earlier != totals) {
                // What was forgotten and came back counts from nothing.
                boolean anew = earlier == null || totals.requests() < earlier.requests() || totals.bytes() < earlier.bytes();
                EdgeTotals difference = anew ? totals : totals.minus(earlier);
                if (!difference.isQuiet()) {
                    grown.put(key, difference);
                }
            }
        });
        return new Window(Duration.between(first.time(), last.time()).toNanos() / 1e9, grown);
    }
}
