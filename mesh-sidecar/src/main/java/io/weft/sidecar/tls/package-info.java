/** Netty TLS contexts made from the workload's identity or from PEM, rebuilt when the identity rotates. */
@NullMarked
package io.weft.sidecar.tls;

import org.jspecify.annotations.NullMarked;
