package io.weft.pilot.source.kubernetes;

import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.Problem;
import io.weft.pilot.source.AcceptedObject;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An object as the API server has it now.
 *
 * @param place to tell people
 * @param created tells it from one that had its name before
 * @param good null when it is refused
 */
record SeenObject(ObjectKey key, String place, Instant created, @Nullable AcceptedObject good, List<Problem> problems) {

    SeenObject {
        problems = List.copyOf(problems);
    }

    static SeenObject bad(ObjectKey key, String place, Instant created, List<Problem> problems) {
        return new SeenObject(key, place, created, null, problems);
    }

    /** Whether that is an earlier version of this object, not of another one of its name. */
    boolean isLaterThan(@Nullable AcceptedObject other) {
        return other != null && other.object().meta().creationTimestamp().equals(created);
    }
}
