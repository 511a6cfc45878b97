package io.weft.sidecar.listener;

import java.net.InetSocketAddress;

/**
 * What is known of a connection when its filter chain is chosen.
 *
 * @param tls the first byte was TLS
 */
record Arrival(InetSocketAddress local, InetSocketAddress directRemote, InetSocketAddress remote, boolean tls, ClientHello hello) {}
