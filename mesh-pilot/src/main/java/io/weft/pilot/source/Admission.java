package io.weft.pilot.source;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.Problem;
import java.util.Collection;
import java.util.List;

/**
 * What speaks against an object that is right in itself: other objects, or what the mesh's proxies can do. Asked when an object is new or changed; one
 * that is in force stays so.
 */
@FunctionalInterface
public interface Admission {

    /** @param all everything in force; one with the object's own key is the object itself, or what it was */
    List<Problem> problems(ConfigObject object, Collection<ConfigObject> all);

    /** Nothing speaks against anything. */
    static Admission ofEverything() {
        return (object, all) -> List.of();
    }
}
