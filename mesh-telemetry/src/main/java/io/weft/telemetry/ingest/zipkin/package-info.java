/** Spans in Zipkin's JSON, version 2. */
@NullMarked
package io.weft.telemetry.ingest.zipkin;

import org.jspecify.annotations.NullMarked;
