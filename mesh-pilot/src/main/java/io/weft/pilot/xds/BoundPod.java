package io.weft.pilot.xds;

import io.weft.pilot.generate.Proxy;
import io.weft.pilot.registry.kubernetes.Pods;

/**
 * The pod that a proxy is in: who asked has shown the pod's service account. What the pod is called and labelled by wins over what the proxy says.
 *
 * @param placed whether the pod says where the proxy is, because the proxy does not
 */
record BoundPod(Pods pods, String namespace, String name, boolean placed) {

    /** The proxy as its pod is now: labels may change while it runs. A pod that is gone leaves its proxy as it was. */
    Proxy current(Proxy proxy) {
        return pods.find(namespace, name)
                .map(facts -> proxy.inPod(facts.labels(), facts.workload(), placed ? facts.locality() : proxy.locality()))
                .orElse(proxy);
    }
}
