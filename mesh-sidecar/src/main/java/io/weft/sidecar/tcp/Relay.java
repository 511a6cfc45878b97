package io.weft.sidecar.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * One direction: what is read here is written there. Not faster than the other side takes it, and its end is passed on as an end, so that
 * the opposite direction can go on.
 */
final class Relay {

    private final Channel from;
    private final Channel to;
    private final LongConsumer moved;
    private final Consumer<Relay> ended;
    private boolean over;

    /** @param ended called once, when there is nothing more to read; its receiver has {@link #passEnd} called now or later */
    Relay(Channel from, Channel to, LongConsumer moved, Consumer<Relay> ended) {
        this.from = from;
        this.to = to;
        this.moved = moved;
        this.ended = ended;
    }

    boolean over() {
        return over;
    }

    void read(ByteBuf bytes) {
        if (over) {
            bytes.release();
            return;
        }
        moved.accept(bytes.readableBytes());
        to.write(bytes).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        if (!to.isWritable()) {
            from.config().setAutoRead(false);
        }
    }

    void readComplete() {
        to.flush();
    }

    /** The other side takes bytes again. */
    void writable() {
        if (to.isWritable() && !over) {
            from.config().setAutoRead(true);
        }
    }

    /** Whether an event of the reading side is its end: of the socket's input, or of the TLS session. */
    static boolean isEnd(Object event) {
        return event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent;
    }

    void end() {
        if (!over) {
            over = true;
            ended.accept(this);
        }
    }

    /** Whether the end can be told without ending the opposite direction, too: many TLS peers answer close_notify by closing. */
    boolean endsOneDirectionOnly() {
        return to.pipeline().get(SslHandler.class) == null;
    }

    /** Tells the other side that nothing more comes. */
    void passEnd() {
        to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            SslHandler tls = to.pipeline().get(SslHandler.class);
            if (tls != null && to.isActive()) {
                tls.closeOutbound().addListener(closed -> shutdownOutput());
            } else {
                shutdownOutput();
            }
        });
    }

    private void shutdownOutput() {
        if (to instanceof DuplexChannel duplex && duplex.isActive() && !duplex.isOutputShutdown()) {
            duplex.shutdownOutput();
        }
    }

    /** Sends what is waiting, then closes. */
    static void closeAfterFlush(Channel channel) {
        if (channel.isActive()) {
            channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    static boolean isBytes(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof ByteBuf) {
            return true;
        }
        ctx.fireChannelRead(msg);
        return false;
    }
}
