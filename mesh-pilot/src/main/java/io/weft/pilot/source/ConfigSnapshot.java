package io.weft.pilot.source;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.ObjectKey;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything a source has to say at one moment.
 *
 * @param standIns what holds in the place of refused objects that have no good version, where nothing would be too little; nobody wrote it, and it is not kept
 */
public record ConfigSnapshot(Map<ObjectKey, AcceptedObject> objects, List<Refusal> refusals, List<ConfigObject> standIns) {

    public static final ConfigSnapshot EMPTY = new ConfigSnapshot(Map.of(), List.of());

    public ConfigSnapshot {
        objects = Collections.unmodifiableMap(new LinkedHashMap<>(objects));
        refusals = List.copyOf(refusals);
        standIns = List.copyOf(standIns);
    }

    /** Of a source where what is refused and was never good is just not there. */
    public ConfigSnapshot(Map<ObjectKey, AcceptedObject> objects, List<Refusal> refusals) {
        this(objects, refusals, List.of());
    }
}
