/** Neutral routes as Envoy's route configurations. */
@NullMarked
package io.weft.pilot.generate.route;

import org.jspecify.annotations.NullMarked;
