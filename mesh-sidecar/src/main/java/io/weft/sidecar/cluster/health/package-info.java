/** Active health checks: of our own application, for pilot, and of endpoints whose cluster asks for it. */
@NullMarked
package io.weft.sidecar.cluster.health;

import org.jspecify.annotations.NullMarked;
