/** Endpoints and proxies that are pods of a Kubernetes cluster. */
@NullMarked
package io.weft.pilot.registry.kubernetes;

import org.jspecify.annotations.NullMarked;
