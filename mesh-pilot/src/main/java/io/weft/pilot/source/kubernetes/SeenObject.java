package io.weft.pilot.source.kubernetes;

import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.Problem;
import io.weft.pilot.source.AcceptedObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An object as the API server has it now.
 *
 * @param place to tell people
 * @param uid tells it from one that had its name before
 * @param good null when it is refused
 */
record SeenObject(ObjectKey key, String place, String uid, @Nullable AcceptedObject good, List<Problem> problems) {

    SeenObject {
        problems = List.copyOf(problems);
    }

    static SeenObject bad(ObjectKey key, String place, String uid, List<Problem> problems) {
        return new SeenObject(key, place, uid, null, problems);
    }

    /** Whether that is an earlier version of this object, not of another one of its name. */
    boolean isLaterThan(AcceptedObject other) {
        return !uid.isEmpty() && uid.equals(other.uid());
    }
}
