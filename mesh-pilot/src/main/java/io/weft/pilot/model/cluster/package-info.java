/** What runs in a Kubernetes cluster, as far as the mesh looks at it: pods, where they are, and the addresses behind services. */
@NullMarked
package io.weft.pilot.model.cluster;

import org.jspecify.annotations.NullMarked;
