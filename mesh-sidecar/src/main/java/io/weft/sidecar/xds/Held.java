package io.weft.sidecar.xds;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A resource that was accepted: as it came, and what it means here. */
record Held<T>(RawResource raw, T parsed, Needs needs) {

    /** All of them as they came. */
    static List<RawResource> raws(Map<String, ? extends Held<?>> held) {
        List<RawResource> raws = new ArrayList<>(held.size());
        held.values().forEach(h -> raws.add(h.raw()));
        return raws;
    }
}
