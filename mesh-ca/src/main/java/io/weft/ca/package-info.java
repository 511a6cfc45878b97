/** mesh-ca: the mesh's certificate authority. This package only starts it and wires its rooms. */
@NullMarked
package io.weft.ca;

import org.jspecify.annotations.NullMarked;
