package io.weft.sidecar.tcp;

/** Told when a proxied connection has ended, on its event loop. Must not block. */
public interface TcpObserver {
    void onEnd(TcpLog log);
}
