package io.weft.sidecar.http.h1;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;

/** Ends of tunnels, once everything that was written has gone to the socket: what still waits, for a slow peer or for the loop, would be lost. */
final class HalfClose {
    private HalfClose() {}

    /** Nothing more is sent; what comes is still read. */
    static void output(Channel channel) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            SslHandler tls = channel.pipeline().get(SslHandler.class);
            if (tls != null && channel.isActive()) {
                tls.closeOutbound().addListener(closed -> shutdown(channel));
            } else {
                shutdown(channel);
            }
        });
    }

    private static void shutdown(Channel channel) {
        if (channel instanceof DuplexChannel duplex && duplex.isActive() && !duplex.isOutputShutdown()) {
            duplex.shutdownOutput();
        }
    }

    static void both(Channel channel) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
}
