package io.weft.telemetry.ingest;

import io.weft.telemetry.store.DropReason;
import io.weft.telemetry.store.Intake;
import io.weft.telemetry.store.Kind;
import io.weft.telemetry.store.Span;
import io.weft.telemetry.store.SpanStore;
import io.weft.telemetry.store.Texts;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The one gate for spans, whatever language they came in. */
public final class SpanIntake {

    private static final Duration OLDEST = Duration.ofHours(24);
    private static final Duration AHEAD = Duration.ofMinutes(10);
    private static final Duration LONGEST = Duration.ofHours(24);
    private static final int TRACE_ID = 32;
    private static final int SPAN_ID = 16;

    private final SpanStore spans;
    private final Intake intake;
    private final Clock clock;

    SpanIntake(SpanStore spans, Intake intake, Clock clock) {
        this.spans = spans;
        this.intake = intake;
        this.clock = clock;
    }

    /** What is wrong with it, and how that is counted. */
    private record Refusal(DropReason reason, String message) {}

    /**
     * Keeps it if it is sound.
     *
     * @param sender who sent it, by certificate; null where nobody is asked
     * @return why it was refused; null when it was taken
     */
    public @Nullable String take(SpanDraft draft, @Nullable PeerIdentity sender) {
        Refusal refusal = refusal(draft, sender);
        if (refusal != null) {
            intake.received(Kind.SPAN, 1);
            intake.dropped(Kind.SPAN, refusal.reason(), 1);
            return refusal.message();
        }
        spans.add(new Span(
                draft.traceId,
                draft.spanId,
                draft.parentId,
                draft.shared,
                draft.service,
                draft.name,
                draft.kind,
                draft.startNanos,
                draft.durationNanos,
                draft.error,
                draft.status,
                draft.attributes()));
        return null;
    }

    /** As {@link #take}, without taking it. */
    public @Nullable String problem(SpanDraft draft) {
        Refusal refusal = refusal(draft, null);
        return refusal == null ? null : refusal.message();
    }

    private @Nullable Refusal refusal(SpanDraft draft, @Nullable PeerIdentity sender) {
        if (!isId(draft.traceId, TRACE_ID)) {
            return malformed("trace id", draft.traceId, TRACE_ID);
        }
        if (!isId(draft.spanId, SPAN_ID)) {
            return malformed("span id", draft.spanId, SPAN_ID);
        }
        if (draft.parentId != null && !isId(draft.parentId, SPAN_ID)) {
            return malformed("parent id", draft.parentId, SPAN_ID);
        }
        String time = wrongTime(draft);
        if (time != null) {
            return new Refusal(DropReason.TIMESTAMP, time);
        }
        if (sender != null && !mayBe(draft.service, sender)) {
            return new Refusal(
                    DropReason.IDENTITY, "service " + Texts.shown(draft.service) + " from " + sender + " (expected: one of its namespace)");
        }
        return null;
    }

    /** {@code reviews.default} is of namespace default; a name without a namespace says nothing that could be wrong. */
    private static boolean mayBe(String service, PeerIdentity sender) {
        int dot = service.lastIndexOf('.');
        return dot < 0 || service.substring(dot + 1).equals(sender.namespace());
    }

    private @Nullable String wrongTime(SpanDraft draft) {
        long now = clock.millis() * 1_000_000L;
        if (draft.startNanos < now - OLDEST.toNanos() || draft.startNanos > now + AHEAD.toNanos()) {
            return "start " + draft.startNanos + " ns (expected: within the last 24 h, at most 10 min ahead)";
        }
        if (draft.durationNanos < 0 || draft.durationNanos > LONGEST.toNanos()) {
            return "duration " + draft.durationNanos + " ns (expected: 0 to 24 h)";
        }
        return null;
    }

    private static Refusal malformed(String what, String value, int digits) {
        return new Refusal(
                DropReason.MALFORMED,
                what + " " + Texts.shown(value) + " (expected: " + digits + " lower-case hexadecimal digits, not all zero)");
    }

    private static boolean isId(String id, int length) {
        if (id.length() != length) {
            return false;
        }
        boolean zero = true;
        for (int i = 0; i < length; i++) {
            char c = id.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return false;
            }
            zero &= c == '0';
        }
        return !zero;
    }
}
