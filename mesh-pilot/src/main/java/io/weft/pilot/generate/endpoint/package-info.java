/** Endpoints in rotation. */
@NullMarked
package io.weft.pilot.generate.endpoint;

import org.jspecify.annotations.NullMarked;
