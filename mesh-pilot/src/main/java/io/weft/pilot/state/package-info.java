/** The one state of the mesh: immutable, versioned, swapped at once. */
@NullMarked
package io.weft.pilot.state;

import org.jspecify.annotations.NullMarked;
