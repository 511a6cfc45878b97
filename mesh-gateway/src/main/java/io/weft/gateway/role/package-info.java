/** What makes this process an ingress or an egress gateway: its settings, its identity, and how it introduces itself to the control plane. */
@NullMarked
package io.weft.gateway.role;

import org.jspecify.annotations.NullMarked;
