/** Weft's own immutable records of the kinds a user writes. Unset is {@code null}, never a default. */
@NullMarked
package io.weft.pilot.model;

import org.jspecify.annotations.NullMarked;
