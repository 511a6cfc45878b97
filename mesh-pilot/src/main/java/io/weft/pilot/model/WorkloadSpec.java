package io.weft.pilot.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One place where a workload is reached.
 *
 * @param address IP, DNS name (only under DNS resolution); null in a group's template
 * @param ports port name → number
 * @param locality {@code region/zone/subzone}
 * @param weight relative; unset is 1
 */
public record WorkloadSpec(
        @Nullable String address,
        Map<String, Integer> ports,
        Map<String, String> labels,
        @Nullable String network,
        @Nullable String locality,
        @Nullable Integer weight,
        @Nullable String serviceAccount) {

    public WorkloadSpec {
        ports = Copies.ordered(ports);
        labels = Copies.ordered(labels);
    }
}
