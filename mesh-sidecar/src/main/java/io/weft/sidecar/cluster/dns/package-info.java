/** Names become addresses without blocking. */
@NullMarked
package io.weft.sidecar.cluster.dns;

import org.jspecify.annotations.NullMarked;
