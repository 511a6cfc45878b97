/** What makes this process an ingress gateway, an egress gateway or a sidecar: its settings, its identity, and how it introduces itself to the control plane. */
@NullMarked
package io.weft.gateway.role;

import org.jspecify.annotations.NullMarked;
