/** Prometheus' text format 0.0.4. */
@NullMarked
package io.weft.sidecar.observe.prometheus;

import org.jspecify.annotations.NullMarked;
