/**
 * From bytes to records. YAML and JSON are hostile input: everything is bounded and nothing is guessed. A bad object is
 * refused with the field's path, its value and what was expected.
 *
 * <p>Documents are read straight into our records, not through the model library's classes: those accept what they do not
 * know, cannot tell unset from zero everywhere, and know no field path.
 */
@NullMarked
package io.weft.pilot.model.parse;

import org.jspecify.annotations.NullMarked;
