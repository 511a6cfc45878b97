package io.weft.pilot.registry.workload;

import io.weft.pilot.model.WorkloadGroup;
import java.util.Optional;

/** The groups there are now. */
@FunctionalInterface
public interface WorkloadGroups {

    Optional<WorkloadGroup> find(String namespace, String name);
}
