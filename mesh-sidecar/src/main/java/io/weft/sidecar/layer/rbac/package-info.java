/** Authorization: Envoy's RBAC, compiled. */
@NullMarked
package io.weft.sidecar.layer.rbac;

import org.jspecify.annotations.NullMarked;
