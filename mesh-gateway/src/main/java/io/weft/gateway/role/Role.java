package io.weft.gateway.role;

import java.util.Locale;

/** What this gateway is in the mesh. */
public enum Role {
    /** Where the world comes in. */
    INGRESS("istio-ingressgateway", "ingressgateway"),
    /** Where the mesh goes out; registers itself, because sidecars have to find it. */
    EGRESS("istio-egressgateway", "egressgateway"),
    /** A workload's sidecar, for teams that want Spring filters in theirs. */
    SIDECAR("", "");

    private final String workload;
    private final String istioLabel;

    Role(String workload, String istioLabel) {
        this.workload = workload;
        this.istioLabel = istioLabel;
    }

    /** A gateway's usual name, which is also its service's and its {@code app} label; empty for a sidecar, which has its workload's. */
    public String workload() {
        return workload;
    }

    /** Value of the label {@code istio}, by which users' Gateways select; empty for a sidecar. */
    public String istioLabel() {
        return istioLabel;
    }

    /** As in properties. */
    public String property() {
        return name().toLowerCase(Locale.ROOT);
    }
}
