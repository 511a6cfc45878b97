package io.weft.pilot.model;

/** One workload, written by a user or made when a proxy registered. */
public record WorkloadEntry(ObjectMeta meta, WorkloadSpec spec) implements ConfigObject {

    @Override
    public WorkloadEntry withMeta(ObjectMeta newMeta) {
        return new WorkloadEntry(newMeta, spec);
    }
}
