package io.weft.sidecar.observe.accesslog;

import io.weft.sidecar.http.RequestObserver;
import io.weft.sidecar.tcp.TcpObserver;

/** An open access log: takes finished requests and finished connections. */
public interface AccessLog extends RequestObserver, TcpObserver {}
