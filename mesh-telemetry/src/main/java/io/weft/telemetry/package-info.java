/** mesh-telemetry: metrics, access logs and spans of the mesh, collected, kept for a while and shown. */
@NullMarked
package io.weft.telemetry;

import org.jspecify.annotations.NullMarked;
