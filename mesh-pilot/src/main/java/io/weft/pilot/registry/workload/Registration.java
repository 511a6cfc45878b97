package io.weft.pilot.registry.workload;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A proxy's place in the registry, for as long as its stream lives. Thread-safe. */
public interface Registration {

    /** Name of the WorkloadEntry. */
    String entry();

    /** The labels the workload has: its group's. */
    Map<String, String> labels();

    /**
     * Passes on what the proxy found out about its app.
     *
     * @param problem what is wrong; null when healthy
     */
    void health(boolean healthy, @Nullable String problem);

    /** The stream ended: the entry goes after the grace, unless the same workload comes back before. */
    void release();
}
