/** Which endpoint is taken out because it answers wrong. */
@NullMarked
package io.weft.sidecar.cluster.outlier;

import org.jspecify.annotations.NullMarked;
