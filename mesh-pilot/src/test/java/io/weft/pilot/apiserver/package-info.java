/** A real Kubernetes API server for custom resources, and what it says of ours. */
@NullMarked
package io.weft.pilot.apiserver;

import org.jspecify.annotations.NullMarked;
