/** Host index, path index, matchers, header operations. */
@NullMarked
package io.weft.sidecar.route;

import org.jspecify.annotations.NullMarked;
