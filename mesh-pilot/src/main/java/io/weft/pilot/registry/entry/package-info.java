/** Services and endpoints from v1 Service, ServiceEntry, WorkloadEntry and WorkloadGroup objects. */
@NullMarked
package io.weft.pilot.registry.entry;

import org.jspecify.annotations.NullMarked;
