/** mesh-pilot: configuration in, xDS out. */
@NullMarked
package io.weft.pilot;

import org.jspecify.annotations.NullMarked;
