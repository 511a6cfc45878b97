/** Who calls whom, out of the metrics that proxies report. */
@NullMarked
package io.weft.telemetry.graph;

import org.jspecify.annotations.NullMarked;
