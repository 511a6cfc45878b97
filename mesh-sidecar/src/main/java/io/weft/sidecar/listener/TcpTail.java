package io.weft.sidecar.listener;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;

/** What carries the bytes of a connection that is not HTTP. Made per filter chain. */
public interface TcpTail {
    /**
     * Completes a connection's pipeline; reading has not begun.
     *
     * @param serverName what the client asked for by SNI; empty: nothing
     */
    void install(Channel channel, InetSocketAddress remote, String serverName);

    /** Tells of a connection that policy refuses, and that is closed instead. */
    void denied(Channel channel, InetSocketAddress remote, String serverName);
}
