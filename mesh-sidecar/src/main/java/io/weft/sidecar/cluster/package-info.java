/** Clusters, their endpoints and what becomes of them. */
@NullMarked
package io.weft.sidecar.cluster;

import org.jspecify.annotations.NullMarked;
