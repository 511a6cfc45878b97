/** Who this workload is: its SPIFFE id, its key and chain, and the client that keeps them fresh from the CA. */
@NullMarked
package io.weft.sidecar.identity;

import org.jspecify.annotations.NullMarked;
