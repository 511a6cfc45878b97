package io.weft.sidecar.tcp;

/** A network filter in front of the byte proxy, compiled: {@code envoy.filters.network.rbac}. Called on the connection's event loop. */
@FunctionalInterface
public interface TcpGate {
    /** False closes the connection before anything is connected upstream. */
    boolean allows(TcpConnection connection);
}
