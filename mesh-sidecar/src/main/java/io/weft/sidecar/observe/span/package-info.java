/** Spans of finished exchanges, as OTLP and as Zipkin's JSON. */
@NullMarked
package io.weft.sidecar.observe.span;

import org.jspecify.annotations.NullMarked;
