/** SDS secrets, and the TLS contexts that follow them. */
@NullMarked
package io.weft.sidecar.secret;

import org.jspecify.annotations.NullMarked;
