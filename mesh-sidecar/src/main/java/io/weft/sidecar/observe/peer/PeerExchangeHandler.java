package io.weft.sidecar.observe.peer;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.weft.sidecar.identity.SpiffeId;
import io.weft.sidecar.loop.Deadline;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.resource.Workload;
import io.weft.sidecar.tls.PeerIdentity;
import java.util.List;

/** Behind TLS, until the peer has said who it is: sends ours when it is added, takes the peer's out of what comes, and leaves. */
final class PeerExchangeHandler extends ByteToMessageDecoder {
    private final byte[] ours;
    private final PeerNames names;
    private final PeerExchange.Counters counters;
    private final long patienceMillis;
    private final PeerExchange.Outcome outcome;
    private final Deadline patience = new Deadline() {
        @Override
        protected void expired() {
            counters.noHead().increment();
            fail("the peer has not said who it is within " + patienceMillis + " ms");
        }
    };
    private boolean over;

    /** @param patienceMillis 0: the connection is in use, and may stay silent or end without our being told who that was */
    PeerExchangeHandler(byte[] ours, PeerNames names, PeerExchange.Counters counters, long patienceMillis, PeerExchange.Outcome outcome) {
        this.ours = ours;
        this.names = names;
        this.counters = counters;
        this.patienceMillis = patienceMillis;
        this.outcome = outcome;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (patienceMillis > 0) {
            LoopState.of(context.channel().eventLoop()).timers().arm(patience, patienceMillis);
        }
        counters.told().increment();
        context.writeAndFlush(Unpooled.wrappedBuffer(ours));
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext context) {
        LoopState.of(context.channel().eventLoop()).timers().cancel(patience);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (over) {
            in.skipBytes(in.readableBytes());
            return;
        }
        int start = in.readerIndex();
        if (in.readableBytes() >= Integer.BYTES && in.getInt(start) != PeerFrame.MAGIC) {
            counters.noHead().increment();
            fail("the peer has agreed to say who it is and sends something else");
            return;
        }
        if (in.readableBytes() < PeerFrame.HEAD) {
            return;
        }
        long length = in.getUnsignedInt(start + Integer.BYTES);
        if (length > PeerFrame.MOST_BYTES) {
            counters.noMetadata().increment();
            fail("the peer's metadata has " + length + " bytes (expected: at most " + PeerFrame.MOST_BYTES + ")");
            return;
        }
        if (in.readableBytes() < PeerFrame.HEAD + length) {
            return;
        }
        in.skipBytes(PeerFrame.HEAD);
        byte[] body = new byte[(int) length];
        in.readBytes(body);
        Workload peer;
        try {
            peer = read(context, body);
        } catch (InvalidProtocolBufferException e) {
            counters.noMetadata().increment();
            fail("the peer's metadata cannot be read: " + e.getMessage());
            return;
        }
        over = true;
        context.channel().attr(PeerExchange.MET).set(peer);
        outcome.met();
        context.pipeline().remove(this);
    }

    /** The namespace is that of the certificate; whoever has none of the mesh is believed nothing. */
    private Workload read(ChannelHandlerContext context, byte[] body) throws InvalidProtocolBufferException {
        PeerIdentity peer = PeerIdentity.of(context.channel());
        SpiffeId id = peer == null ? null : peer.spiffeId();
        Workload said = PeerMetadata.of(PeerFrame.metadata(ByteString.copyFrom(body)));
        return id == null ? Workload.UNKNOWN : names.of(id, said);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (patienceMillis > 0 && (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent)) {
            end();
        } else {
            super.userEventTriggered(context, event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        if (patienceMillis > 0) {
            end();
        }
        super.channelInactive(context);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (patienceMillis > 0 && !over) {
            fail("the connection failed: " + cause.getMessage());
        } else {
            context.fireExceptionCaught(cause);
        }
    }

    private void end() {
        if (!over) {
            counters.noHead().increment();
            fail("the peer has closed before it has said who it is");
        }
    }

    private void fail(String why) {
        if (!over) {
            over = true;
            outcome.failed(new PeerExchangeException(why));
        }
    }
}
