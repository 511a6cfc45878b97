/** How much may be open towards a cluster. */
@NullMarked
package io.weft.sidecar.cluster.limit;

import org.jspecify.annotations.NullMarked;
