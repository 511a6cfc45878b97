/** Counters of the hot path. */
@NullMarked
package io.weft.sidecar.observe.metrics;

import org.jspecify.annotations.NullMarked;
