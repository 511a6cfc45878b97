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
 * @param standIn what holds then, if it never was good; null: nothing does
 */
record SeenObject(
        ObjectKey key, String place, String uid, @Nullable AcceptedObject good, List<Problem> problems, @Nullable StandIn standIn) {

    SeenObject {
        problems = List.copyOf(problems);
    }

    /** Whether that is an earlier version of this object, not of another one of its name. */
    boolean isLaterThan(AcceptedObject other) {
        return !uid.isEmpty() && uid.equals(other.uid());
    }
}
