package io.weft.telemetry.store;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what came in and what was dropped, so that a flood is seen even when its details are gone. */
public final class Intake {

    private final Map<Kind, LongAdder> received = new EnumMap<>(Kind.class);
    private final Map<Kind, Map<DropReason, LongAdder>> dropped = new EnumMap<>(Kind.class);

    public Intake() {
        for (Kind kind : Kind.values()) {
            received.put(kind, new LongAdder());
            Map<DropReason, LongAdder> reasons = new EnumMap<>(DropReason.class);
            for (DropReason reason : DropReason.values()) {
                reasons.put(reason, new LongAdder());
            }
            dropped.put(kind, reasons);
        }
    }

    public void received(Kind kind, long count) {
        adder(received, kind).add(count);
    }

    public void dropped(Kind kind, DropReason reason, long count) {
        adder(reasons(kind), reason).add(count);
    }

    public long received(Kind kind) {
        return adder(received, kind).sum();
    }

    public long dropped(Kind kind, DropReason reason) {
        return adder(reasons(kind), reason).sum();
    }

    /** Over all reasons. */
    public long dropped(Kind kind) {
        return reasons(kind).values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** By the reasons that occurred. */
    public Map<String, Long> droppedByReason(Kind kind) {
        Map<String, Long> shown = new TreeMap<>();
        reasons(kind).forEach((reason, count) -> {
            if (count.sum() > 0) {
                shown.put(reason.label(), count.sum());
            }
        });
        return shown;
    }

    private Map<DropReason, LongAdder> reasons(Kind kind) {
        Map<DropReason, LongAdder> reasons = dropped.get(kind);
        if (reasons == null) {
            throw new IllegalStateException(kind + " is not counted");
        }
        return reasons;
    }

    private static <K> LongAdder adder(Map<K, LongAdder> adders, K key) {
        LongAdder adder = adders.get(key);
        if (adder == null) {
            throw new IllegalStateException(key + " is not counted");
        }
        return adder;
    }
}
