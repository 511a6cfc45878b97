package io.weft.pilot.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How clients behave towards a host.
 *
 * @param workloadSelector labels of the client workloads it is for, in its own namespace; null is all
 */
public record DestinationRule(
        ObjectMeta meta,
        String host,
        @Nullable TrafficPolicy trafficPolicy,
        List<Subset> subsets,
        List<String> exportTo,
        @Nullable Map<String, String> workloadSelector)
        implements ConfigObject {

    public DestinationRule {
        subsets = List.copyOf(subsets);
        exportTo = List.copyOf(exportTo);
        workloadSelector = workloadSelector == null ? null : Copies.ordered(workloadSelector);
    }

    @Override
    public DestinationRule withMeta(ObjectMeta newMeta) {
        return new DestinationRule(newMeta, host, trafficPolicy, subsets, exportTo, workloadSelector);
    }

    /** The endpoints that carry all of these labels. */
    public record Subset(String name, Map<String, String> labels, @Nullable TrafficPolicy trafficPolicy) {

        public Subset {
            labels = Copies.ordered(labels);
        }
    }
}
