package io.weft.sidecar.listener;

import io.netty.channel.Channel;
import java.util.function.Consumer;
import reactor.netty.DisposableServer;

/** Opens the server socket of a listener: a bare TCP server in the sidecar, the gateway's HTTP server in mesh-gateway. */
public interface ListenerBinder {
    /**
     * Binds, and hands every accepted channel to {@code accepted} before anything is read from it.
     *
     * @throws RuntimeException when the address cannot be bound
     */
    DisposableServer bind(String host, int port, Consumer<Channel> accepted);

    PipelineAssembly assembly();
}
