/**
 * Configuration and cluster from a Kubernetes API server. The client's classes stay in here: what goes out are parsed objects, as from a file, and
 * {@code model.cluster}.
 */
@NullMarked
package io.weft.pilot.source.kubernetes;

import org.jspecify.annotations.NullMarked;
