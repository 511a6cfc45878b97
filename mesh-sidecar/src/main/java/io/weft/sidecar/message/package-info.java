/** Heads and header fields, whatever the protocol. */
@NullMarked
package io.weft.sidecar.message;

import org.jspecify.annotations.NullMarked;
