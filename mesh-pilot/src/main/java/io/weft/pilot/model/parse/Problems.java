package io.weft.pilot.model.parse;

import io.weft.pilot.model.Problem;
import java.util.ArrayList;
import java.util.List;

/** What was found wrong so far with one object, up to a bound. */
final class Problems {

    private final List<Problem> found = new ArrayList<>();

    void add(Problem problem) {
        if (found.size() < ParseLimits.MAX_PROBLEMS) {
            found.add(problem);
        }
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    List<Problem> toList() {
        return List.copyOf(found);
    }
}
