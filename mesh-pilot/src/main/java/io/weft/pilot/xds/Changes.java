package io.weft.pilot.xds;

import io.weft.pilot.generate.GeneratedResource;
import java.util.List;

/**
 * What one response carries.
 *
 * @param resources new or changed ones; in a full-state response also the unchanged
 * @param removed   names that are gone
 * @param complete  false when more is left for the next response
 * @param needed    whether there is anything to tell at all
 */
record Changes(List<GeneratedResource> resources, List<String> removed, boolean complete, boolean needed) {

    static final Changes NONE = new Changes(List.of(), List.of(), true, false);
}
