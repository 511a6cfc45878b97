package io.weft.sidecar.http;

/** Told when an exchange has ended, on its event loop. Must not block. */
public interface RequestObserver {
    void onEnd(RequestLog log);
}
