package io.weft.sidecar.bootstrap;

import io.netty.channel.Channel;
import io.weft.sidecar.cluster.Clusters;
import io.weft.sidecar.listener.TcpTail;
import io.weft.sidecar.listener.TcpTails;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.resource.TcpProxyResource;
import io.weft.sidecar.tcp.TcpProxy;
import io.weft.sidecar.tcp.TcpReport;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/**
 * Byte proxies for the engine's filter chains; network RBAC has been asked before.
 *
 * @param prepare makes the pipeline of an accepted channel one of bytes, before the proxy is added to it: for listeners whose server has put handlers of
 *     its own there
 */
public record TcpProxies(EngineMetrics metrics, Consumer<Channel> prepare) implements TcpTails {

    public TcpProxies(EngineMetrics metrics) {
        this(metrics, channel -> { });
    }

    @Override
    public TcpTail tail(TcpProxyResource resource, Clusters clusters, TcpReport report) {
        TcpProxy proxy = new TcpProxy(resource, clusters::ref, metrics, report);
        return new TcpTail() {
            @Override
            public void install(Channel channel, InetSocketAddress remote, String serverName) {
                prepare.accept(channel);
                proxy.install(channel, remote, serverName);
            }

            @Override
            public void denied(Channel channel, InetSocketAddress remote, String serverName) {
                proxy.denied(channel, remote, serverName);
            }
        };
    }
}
