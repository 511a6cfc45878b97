package io.weft.sidecar.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.util.function.Consumer;
import reactor.netty.DisposableServer;
import reactor.netty.NettyPipeline;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

/** The sidecar's: a Reactor Netty TCP server whose pipelines hold our handlers only. */
public final class TcpListenerBinder implements ListenerBinder {
    private final LoopResources loops;

    public TcpListenerBinder(LoopResources loops) {
        this.loops = loops;
    }

    @Override
    public DisposableServer bind(String host, int port, Consumer<Channel> accepted) {
        return TcpServer.create()
                .runOn(loops)
                .host(host)
                .port(port)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(32 * 1024, 128 * 1024))
                .doOnChannelInit((observer, channel, remote) -> {
                    // Reactor reads on demand; every toggle of read interest would be a system call
                    channel.pipeline().remove(NettyPipeline.ReactiveBridge);
                    channel.config().setAutoRead(true);
                    accepted.accept(channel);
                })
                .bindNow();
    }

    @Override
    public PipelineAssembly assembly() {
        return PipelineAssembly.LEAN;
    }
}
