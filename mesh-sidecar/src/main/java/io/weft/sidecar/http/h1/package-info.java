/**
 * HTTP/1 on the wire: strict decoders and lean encoders for both sides of the proxy. What a request smuggler needs (bare line feeds, folded
 * lines, chunk extensions, two lengths) is refused here, at byte level, because no later handler can see it any more.
 */
@NullMarked
package io.weft.sidecar.http.h1;

import org.jspecify.annotations.NullMarked;
