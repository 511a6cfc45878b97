/**
 * Spring Cloud Gateway's own routes, distributed by the control plane: from the protobuf on the wire ({@code SpringRouteResource}) to a live route of Spring's
 * ({@code LiveRoute}) to the index that finds it.
 */
@NullMarked
package io.weft.gateway.springroute;

import org.jspecify.annotations.NullMarked;
