package io.weft.telemetry.query;

import io.weft.telemetry.store.Intake;
import io.weft.telemetry.store.Kind;
import io.weft.telemetry.store.LogStore;
import io.weft.telemetry.store.MetricStore;
import io.weft.telemetry.store.SpanStore;
import io.weft.telemetry.store.Targets;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /weft/v1/status}: what was taken, dropped and is kept, and whether the targets answer. */
@RestController
final class StatusPage {

    private final LogStore logs;
    private final SpanStore spans;
    private final MetricStore metrics;
    private final Intake intake;
    private final Supplier<Targets> targets;

    StatusPage(LogStore logs, SpanStore spans, MetricStore metrics, Intake intake, Supplier<Targets> targets) {
        this.logs = logs;
        this.spans = spans;
        this.metrics = metrics;
        this.intake = intake;
        this.targets = targets;
    }

    /**
     * One kind of thing.
     *
     * @param received since the start
     * @param dropped since the start, by reason
     * @param bytes what the kept ones take at most; null where it is not counted
     */
    record Kept(long received, Map<String, Long> dropped, long kept, long capacity, @Nullable Long bytes) {}

    record Status(Kept logs, int followers, Kept spans, int traces, Kept series, Targets targets) {}

    @GetMapping("/weft/v1/status")
    Status status() {
        return new Status(
                kept(Kind.LOG, logs.size(), logs.capacity(), logs.bytes()),
                logs.followers(),
                kept(Kind.SPAN, spans.size(), spans.capacity(), spans.bytes()),
                spans.traces(),
                kept(Kind.SERIES, metrics.size(), metrics.capacity(), null),
                targets.get());
    }

    private Kept kept(Kind kind, long kept, long capacity, @Nullable Long bytes) {
        return new Kept(intake.received(kind), intake.droppedByReason(kind), kept, capacity, bytes);
    }
}
