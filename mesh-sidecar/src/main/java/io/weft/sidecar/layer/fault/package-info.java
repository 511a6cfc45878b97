/** Faults on purpose. */
@NullMarked
package io.weft.sidecar.layer.fault;

import org.jspecify.annotations.NullMarked;
