package io.weft.pilot.source;

import io.weft.pilot.model.ConfigObject;
import java.util.Map;

/**
 * An object in force.
 *
 * @param object with its stored metadata
 * @param document what its author wrote, without what the store adds to metadata
 * @param file where it stands, relative to the folder
 * @param uid the API server's: another object of the same name has another; empty for what stands in a file
 */
public record AcceptedObject(ConfigObject object, Map<String, ?> document, String file, String uid) {}
