/** A folder of YAML and JSON files as the store of configuration. */
@NullMarked
package io.weft.pilot.source.folder;

import org.jspecify.annotations.NullMarked;
