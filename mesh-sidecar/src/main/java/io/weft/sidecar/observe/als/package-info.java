/** Access logs as Envoy's gRPC messages. */
@NullMarked
package io.weft.sidecar.observe.als;

import org.jspecify.annotations.NullMarked;
