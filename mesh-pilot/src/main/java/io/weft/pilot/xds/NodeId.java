package io.weft.pilot.xds;

import io.grpc.Status;
import io.weft.pilot.generate.Proxy;

/**
 * A node id: {@code <sidecar|router>~<ip>~<workload>.<namespace>~<domain>}. A foreign Envoy may have any id: it is a sidecar without address then.
 */
record NodeId(Proxy.Role role, String ip, String workload, String namespace) {

    private static final int MAX_LENGTH = 1024;

    static NodeId parse(String id) {
        if (id.isEmpty() || id.length() > MAX_LENGTH) {
            throw new AdsRefused(
                    Status.Code.INVALID_ARGUMENT, "node.id: " + id.length() + " characters (expected: 1 to " + MAX_LENGTH + ")");
        }
        if (id.chars().anyMatch(Character::isISOControl)) {
            throw new AdsRefused(Status.Code.INVALID_ARGUMENT, "node.id: control characters (expected: none)");
        }
        String[] parts = id.split("~", -1);
        if (parts.length != 4) {
            return new NodeId(Proxy.Role.SIDECAR, "", id, "");
        }
        Proxy.Role role = parts[0].equals("router") ? Proxy.Role.ROUTER : Proxy.Role.SIDECAR;
        int dot = parts[2].lastIndexOf('.');
        String workload = dot < 0 ? parts[2] : parts[2].substring(0, dot);
        String namespace = dot < 0 ? "" : parts[2].substring(dot + 1);
        return new NodeId(role, parts[1], workload, namespace);
    }

    /** Loopback, unless the proxy says that it has an address of its own. */
    String bindAddress() {
        boolean loopback = ip.isEmpty() || ip.startsWith("127.") || ip.equals("::1");
        return loopback ? "127.0.0.1" : "0.0.0.0";
    }
}
