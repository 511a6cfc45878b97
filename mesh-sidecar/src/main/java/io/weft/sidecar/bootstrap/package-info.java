/** Process start: command line, Envoy's bootstrap file, a workload's environment; what is made in which order, and how it stops. */
@NullMarked
package io.weft.sidecar.bootstrap;

import org.jspecify.annotations.NullMarked;
