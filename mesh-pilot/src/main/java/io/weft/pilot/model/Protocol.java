package io.weft.pilot.model;

/** What is spoken on a port. */
public enum Protocol {
    HTTP,
    /** HTTP/2 without TLS. */
    HTTP2,
    GRPC,
    GRPC_WEB,
    /** HTTP inside TLS that the mesh does not end, or, at a gateway, ends. */
    HTTPS,
    TLS,
    TCP,
    MONGO,
    REDIS,
    MYSQL,
    UDP,
    /** Not said: to be found out from the first bytes. */
    UNKNOWN;

    /** Routed as HTTP once it is in the clear. */
    public boolean isHttp() {
        return this == HTTP || isHttp2();
    }

    public boolean isHttp2() {
        return this == HTTP2 || this == GRPC || this == GRPC_WEB;
    }

    /** Encrypted by the application or the user: seen by its SNI only. */
    public boolean isTls() {
        return this == HTTPS || this == TLS;
    }

    /** Opaque bytes. */
    public boolean isTcp() {
        return this == TCP || this == MONGO || this == REDIS || this == MYSQL;
    }
}
