/** What comes in: the gRPC ports, and who is allowed to speak there. */
@NullMarked
package io.weft.telemetry.ingest;

import org.jspecify.annotations.NullMarked;
