/** The REST API: logs, traces, graph, status. */
@NullMarked
package io.weft.telemetry.query;

import org.jspecify.annotations.NullMarked;
