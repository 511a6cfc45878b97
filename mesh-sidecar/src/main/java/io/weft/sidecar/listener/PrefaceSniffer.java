package io.weft.sidecar.listener;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.weft.sidecar.http.DownstreamConnection;
import io.weft.sidecar.http.h1.Http1Limits;
import io.weft.sidecar.http.h2.Http2Server;
import io.weft.sidecar.loop.Deadline;
import org.jspecify.annotations.Nullable;

/** Tells HTTP/2 with prior knowledge from HTTP/1 by the first bytes, then leaves. */
final class PrefaceSniffer extends ChannelInboundHandlerAdapter {
    static final String NAME = "weft.preface";
    private static final long WAIT_MILLIS = 60_000;

    private final PipelineAssembly assembly;
    private final DownstreamConnection connection;
    private final Http1Limits limits;
    private @Nullable ByteBuf bytes;
    private final Deadline patience = new Deadline() {
        @Override
        protected void expired() {
            connection.channel().close();
        }
    };

    PrefaceSniffer(PipelineAssembly assembly, DownstreamConnection connection, Http1Limits limits) {
        this.assembly = assembly;
        this.connection = connection;
        this.limits = limits;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        connection.loop().timers().arm(patience, WAIT_MILLIS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        connection.loop().timers().cancel(patience);
        ByteBuf held = bytes;
        if (held != null) {
            bytes = null;
            held.release();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf data)) {
            context.fireChannelRead(message);
            return;
        }
        ByteBuf held = bytes;
        ByteBuf all = held == null ? data : Unpooled.wrappedBuffer(held, data);
        bytes = all;
        Http2Server.Preface preface = Http2Server.sniff(all);
        if (preface == Http2Server.Preface.UNDECIDED) {
            return;
        }
        if (preface == Http2Server.Preface.HTTP2) {
            assembly.http2(context.pipeline(), connection);
        } else {
            assembly.http1(context.pipeline(), connection, limits);
        }
        bytes = null;
        context.fireChannelRead(all);
        if (!context.isRemoved()) {
            context.pipeline().remove(this);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.fireChannelReadComplete();
        if (bytes != null && !context.channel().config().isAutoRead()) {
            context.read();
        }
    }

    /** The client gave up before it said a word. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
