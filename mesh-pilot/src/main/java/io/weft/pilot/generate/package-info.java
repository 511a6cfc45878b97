/**
 * From a mesh state and a proxy to Envoy's resources: pure functions. Nothing in here does I/O or remembers a connection.
 */
@NullMarked
package io.weft.pilot.generate;

import org.jspecify.annotations.NullMarked;
