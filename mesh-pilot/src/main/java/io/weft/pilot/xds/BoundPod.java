package io.weft.pilot.xds;

import io.grpc.Status;
import io.weft.pilot.generate.Proxy;
import io.weft.pilot.generate.WorkloadIdentity;
import io.weft.pilot.registry.kubernetes.Pods;

/**
 * The pod that a proxy is in: who asked has shown the pod's service account. What the pod is called and labelled by wins over what the proxy says.
 *
 * @param placed whether the pod says where the proxy is, because the proxy does not
 */
record BoundPod(Pods pods, WorkloadIdentity identity, String name, boolean placed) {

    /** The pod of this name, if it is of this identity's service account; else the stream is refused. */
    static BoundPod of(Pods pods, WorkloadIdentity identity, String name, boolean placed) {
        Pods.Facts facts = pods.find(identity.namespace(), name)
                .orElseThrow(() -> new AdsRefused(
                        Status.Code.UNAVAILABLE,
                        "there is no pod " + identity.namespace() + "/" + name + " (POD_NAME, else the node id's; expected: one that mesh-pilot has seen"
                                + " at the API server, in a namespace of the mesh; if it is new, try again)"));
        BoundPod pod = new BoundPod(pods, identity, name, placed);
        pod.requireAccount(facts);
        return pod;
    }

    /** The proxy as its pod is now: labels may change while it runs. A pod that is gone leaves its proxy as it was; one that took its name is another's. */
    Proxy current(Proxy proxy) {
        return pods.find(identity.namespace(), name).map(facts -> in(facts, proxy)).orElse(proxy);
    }

    private Proxy in(Pods.Facts facts, Proxy proxy) {
        requireAccount(facts);
        return proxy.inPod(facts.labels(), facts.workload(), placed ? facts.locality() : proxy.locality());
    }

    private void requireAccount(Pods.Facts facts) {
        if (!facts.account().equals(identity.account())) {
            throw new AdsRefused(
                    Status.Code.PERMISSION_DENIED,
                    "pod " + identity.namespace() + "/" + name + " is of service account " + facts.account() + ", not " + identity.account());
        }
    }
}
