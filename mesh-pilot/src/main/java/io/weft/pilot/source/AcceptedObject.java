package io.weft.pilot.source;

import io.weft.pilot.model.ConfigObject;
import java.util.Map;

/**
 * An object in force.
 *
 * @param object with its stored metadata
 * @param document what its author wrote, without what the store adds to metadata
 * @param file where it stands, relative to the folder
 */
public record AcceptedObject(ConfigObject object, Map<String, ?> document, String file) {}
