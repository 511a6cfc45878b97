package io.weft.sidecar.layer;

/**
 * What a caller shows of itself and asks for. A protocol uses what it has.
 *
 * @param principal SPIFFE URI in the caller's certificate
 * @param path also the full name of a gRPC method
 * @param role header {@code x-role}; empty: none
 * @param serverName SNI; empty: none
 */
record Ask(String principal, String path, String role, String serverName) {
    static final Ask USUAL = new Ask("spiffe://cluster.local/ns/default/sa/ratings", "/shop.Cart/List", "", "");

    Ask as(String other) {
        return new Ask(other, path, role, serverName);
    }

    Ask path(String other) {
        return new Ask(principal, other, role, serverName);
    }

    Ask role(String other) {
        return new Ask(principal, path, other, serverName);
    }

    Ask serverName(String other) {
        return new Ask(principal, path, role, other);
    }
}
