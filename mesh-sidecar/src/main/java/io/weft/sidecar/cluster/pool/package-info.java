/** Upstream connections: interfaces the codecs implement, and the pools of one event loop. */
@NullMarked
package io.weft.sidecar.cluster.pool;

import org.jspecify.annotations.NullMarked;
