package io.weft.pilot.registry.workload;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a proxy asks for when it registers.
 *
 * @param namespace    of the stream's identity
 * @param account      service account of the stream's identity
 * @param group        name of the WorkloadGroup, in that namespace
 * @param ip           address in the node id, for the entry's name
 * @param labels       what the proxy says its labels are; must not contradict the group's
 * @param inboundPorts workload (container) port → port bound by the sidecar
 */
public record RegistrationRequest(
        String namespace,
        String account,
        String group,
        String ip,
        Map<String, String> labels,
        SortedMap<Integer, Integer> inboundPorts) {

    public RegistrationRequest {
        labels = Map.copyOf(labels);
        inboundPorts = new TreeMap<>(inboundPorts);
    }
}
