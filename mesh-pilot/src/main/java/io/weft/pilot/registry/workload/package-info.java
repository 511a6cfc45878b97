/** Proxies that register themselves into a WorkloadGroup. */
@NullMarked
package io.weft.pilot.registry.workload;

import org.jspecify.annotations.NullMarked;
