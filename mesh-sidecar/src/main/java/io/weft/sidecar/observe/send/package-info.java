/** Batches of observations on their way to a cluster: bounded, dropped and counted when nobody takes them. */
@NullMarked
package io.weft.sidecar.observe.send;

import org.jspecify.annotations.NullMarked;
