package io.weft.gateway.engine;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.weft.sidecar.cluster.Clusters;
import io.weft.sidecar.listener.TcpTail;
import io.weft.sidecar.listener.TcpTails;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.resource.TcpProxyResource;
import io.weft.sidecar.tcp.TcpProxy;
import java.net.InetSocketAddress;
import java.util.List;

/** Filter chains that are not HTTP, for one TLS passed through by SNI: the engine's byte proxy, with Reactor's handlers out of its way. */
record ByteTails(EngineMetrics metrics) implements TcpTails {

    @Override
    public TcpTail tail(TcpProxyResource resource, Clusters clusters) {
        TcpProxy proxy = new TcpProxy(resource, clusters::ref, metrics, List.of());
        return (channel, remote, serverName) -> install(channel, remote, serverName, proxy);
    }

    private static void install(Channel channel, InetSocketAddress remote, String serverName, TcpProxy proxy) {
        ReactorPipeline.bytes(channel.pipeline());
        // The end of one direction says nothing about the other.
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        proxy.install(channel, remote, serverName);
    }
}
