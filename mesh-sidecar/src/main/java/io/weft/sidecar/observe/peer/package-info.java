/** What proxies tell each other about themselves. */
@NullMarked
package io.weft.sidecar.observe.peer;

import org.jspecify.annotations.NullMarked;
