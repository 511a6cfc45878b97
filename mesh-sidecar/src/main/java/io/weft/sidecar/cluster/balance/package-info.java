/** How an endpoint is chosen. */
@NullMarked
package io.weft.sidecar.cluster.balance;

import org.jspecify.annotations.NullMarked;
