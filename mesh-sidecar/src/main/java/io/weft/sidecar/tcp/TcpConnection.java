package io.weft.sidecar.tcp;

import io.netty.channel.Channel;
import io.weft.sidecar.resource.Workload;
import io.weft.sidecar.tls.PeerIdentity;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection that is proxied as bytes.
 *
 * @param remote the client after PROXY protocol, if that was spoken
 * @param serverName what the client asked for by SNI; empty: nothing
 * @param peer null without TLS of ours
 * @param source what the peer has said of itself under its mesh certificate
 */
public record TcpConnection(
        Channel channel, InetSocketAddress remote, String serverName, @Nullable PeerIdentity peer, Workload source) {}
