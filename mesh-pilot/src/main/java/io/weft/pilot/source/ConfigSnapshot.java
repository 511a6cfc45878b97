package io.weft.pilot.source;

import io.weft.pilot.model.ObjectKey;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Everything a source has to say at one moment. */
public record ConfigSnapshot(Map<ObjectKey, AcceptedObject> objects, List<Refusal> refusals) {

    public static final ConfigSnapshot EMPTY = new ConfigSnapshot(Map.of(), List.of());

    public ConfigSnapshot {
        objects = Collections.unmodifiableMap(new LinkedHashMap<>(objects));
        refusals = List.copyOf(refusals);
    }
}
