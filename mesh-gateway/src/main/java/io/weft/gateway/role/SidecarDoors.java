package io.weft.gateway.role;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.weft.sidecar.bootstrap.WorkloadNode;
import io.weft.sidecar.bootstrap.WorkloadSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** The ports of a workload's sidecar, under the names that the lean one remembers them by too: one can take the other's place. */
record SidecarDoors(WorkloadSettings workload) implements Doors {

    private static final String INBOUND = "inbound.";
    private static final String PROXY = "proxy";

    @Override
    public Map<String, Wanted> wanted() {
        Map<String, Wanted> wanted = new LinkedHashMap<>();
        workload.inboundPorts().forEach((port, bound) -> wanted.put(INBOUND + port, new Wanted(bound, "weft.inbound-ports")));
        if (workload.proxyPort() != null) {
            wanted.put(PROXY, new Wanted(workload.proxyPort(), "weft.proxy-port"));
        }
        return wanted;
    }

    @Override
    public Node node(Map<String, Integer> bound) {
        Map<Integer, Integer> inbound = new TreeMap<>();
        workload.inboundPorts().keySet().forEach(port -> inbound.put(port, bound.get(INBOUND + port)));
        return WorkloadNode.of(workload, inbound, bound.get(PROXY)).toBuilder().setUserAgentName("weft-gateway").build();
    }
}
