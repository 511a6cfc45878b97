package io.weft.sidecar.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import java.util.concurrent.atomic.AtomicBoolean;

/** One holder's share of a {@link LiveContext}. */
abstract class LeasedContext implements TlsContext {

    private final LiveContext live;
    private final AtomicBoolean closed = new AtomicBoolean();

    LeasedContext(LiveContext live) {
        this.live = live;
    }

    /** Called once, by the first close. */
    abstract void released();

    final LiveContext live() {
        return live;
    }

    @Override
    public final TlsSpec spec() {
        return live.spec();
    }

    @Override
    public final boolean ready() {
        return live.ready();
    }

    @Override
    public final void addFirst(ChannelPipeline pipeline) {
        SslHandler tls = newHandler(pipeline.channel().alloc());
        pipeline.addFirst(PEER_HANDLER, new PeerIdentityHandler(tls, live.spec().usesIdentity()));
        pipeline.addFirst(SSL_HANDLER, tls);
    }

    @Override
    public final void addAfter(ChannelPipeline pipeline, String base) {
        SslHandler tls = newHandler(pipeline.channel().alloc());
        pipeline.addAfter(base, PEER_HANDLER, new PeerIdentityHandler(tls, live.spec().usesIdentity()));
        pipeline.addAfter(base, SSL_HANDLER, tls);
    }

    @Override
    public final SslHandler newHandler(ByteBufAllocator allocator) {
        return live.newHandler(allocator);
    }

    @Override
    public final void close() {
        if (closed.compareAndSet(false, true)) {
            released();
        }
    }
}
