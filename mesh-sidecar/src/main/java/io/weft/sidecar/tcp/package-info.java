/** Bytes as they are, from a client to an endpoint and back. */
@NullMarked
package io.weft.sidecar.tcp;

import org.jspecify.annotations.NullMarked;
