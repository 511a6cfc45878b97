/** The rules one object must keep, whatever the rest of the mesh looks like. */
@NullMarked
package io.weft.pilot.validate;

import org.jspecify.annotations.NullMarked;
