/** Spans in OpenTelemetry's protocol, over gRPC and HTTP. */
@NullMarked
package io.weft.telemetry.ingest.otlp;

import org.jspecify.annotations.NullMarked;
