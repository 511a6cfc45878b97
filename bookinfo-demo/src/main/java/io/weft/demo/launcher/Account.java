package io.weft.demo.launcher;

/**
 * Who a part is.
 *
 * @param part its name, the workload's
 * @param namespace where it lives
 * @param serviceAccount whom its certificate is for
 */
record Account(String part, String namespace, String serviceAccount) {

    static final Account PILOT = new Account("mesh-pilot", "istio-system", "mesh-pilot");
    static final Account TELEMETRY = new Account("mesh-telemetry", "istio-system", "mesh-telemetry");
    static final Account INGRESS =
            new Account("istio-ingressgateway", "istio-system", "istio-ingressgateway-service-account");
    static final Account EGRESS = new Account("istio-egressgateway", "istio-system", "istio-egressgateway-service-account");
}
