package io.weft.pilot.source;

import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.Problem;
import java.util.List;

/** Objects that may not come into force as the mesh is now. */
public final class InadmissibleException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<Refused> refused;

    /** @param change which of the changes, from 0 */
    public record Refused(int change, ObjectKey key, List<Problem> problems) {}

    public InadmissibleException(List<Refused> refused) {
        super(refused.get(0).key() + " is refused", null, false, false);
        this.refused = List.copyOf(refused);
    }

    public List<Refused> refused() {
        return refused;
    }
}
