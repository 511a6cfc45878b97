/** Protobuf and JSON, written by hand: a sidecar has no room for generated classes it only writes with. */
@NullMarked
package io.weft.sidecar.observe.wire;

import org.jspecify.annotations.NullMarked;
