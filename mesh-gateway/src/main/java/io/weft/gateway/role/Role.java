package io.weft.gateway.role;

import java.util.Locale;

/** What this gateway is in the mesh. */
public enum Role {
    /** Where the world comes in. */
    INGRESS("istio-ingressgateway", "ingressgateway"),
    /** Where the mesh goes out; registers itself, because sidecars have to find it. */
    EGRESS("istio-egressgateway", "egressgateway"),
    /** Not yet: a sidecar for teams that want Spring filters in theirs. */
    SIDECAR("", "");

    private final String workload;
    private final String istioLabel;

    Role(String workload, String istioLabel) {
        this.workload = workload;
        this.istioLabel = istioLabel;
    }

    /** The workload's usual name, which is also its service's and its {@code app} label. */
    public String workload() {
        return workload;
    }

    /** Value of the label {@code istio}, by which users' Gateways select. */
    public String istioLabel() {
        return istioLabel;
    }

    /** As in properties. */
    public String property() {
        return name().toLowerCase(Locale.ROOT);
    }
}
