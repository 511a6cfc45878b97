/**
 * From what users write to one neutral route model: which rules a proxy has for a host, in which order, with every selector decided and every
 * destination resolved. Knows nothing of Envoy.
 */
@NullMarked
package io.weft.pilot.routing;

import org.jspecify.annotations.NullMarked;
