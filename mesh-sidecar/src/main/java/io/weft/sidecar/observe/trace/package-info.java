/** Where a trace comes from and goes to in headers, and who decides about it. */
@NullMarked
package io.weft.sidecar.observe.trace;

import org.jspecify.annotations.NullMarked;
