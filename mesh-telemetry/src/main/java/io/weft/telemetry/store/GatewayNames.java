package io.weft.telemetry.store;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Workloads that said they are gateways (node type {@code router}), so that the graph can mark them. */
public final class GatewayNames {

    private static final int MAX = 1000;

    private final Set<String> names = Collections.synchronizedSet(Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX;
        }
    }));

    public void add(String workload, String namespace) {
        names.add(workload + "." + namespace);
    }

    /** The mesh's own two are known before they say anything. */
    public boolean contains(String workload, String namespace) {
        return workload.equals("istio-ingressgateway")
                || workload.equals("istio-egressgateway")
                || names.contains(workload + "." + namespace);
    }
}
