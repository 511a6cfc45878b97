/** Cross-origin requests. */
@NullMarked
package io.weft.sidecar.layer.cors;

import org.jspecify.annotations.NullMarked;
