package io.weft.sidecar.tcp;

import io.netty.channel.Channel;
import io.weft.sidecar.tls.PeerIdentity;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection that is proxied as bytes.
 *
 * @param remote the client after PROXY protocol, if that was spoken
 * @param local where the client meant to go
 * @param peer null without TLS of ours
 */
public record TcpConnection(Channel channel, SocketAddress remote, SocketAddress local, @Nullable PeerIdentity peer) {}
