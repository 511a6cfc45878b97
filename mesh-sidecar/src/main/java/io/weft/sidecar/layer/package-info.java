/** What a request passes before it is forwarded; one folder per layer. */
@NullMarked
package io.weft.sidecar.layer;

import org.jspecify.annotations.NullMarked;
