package io.weft.sidecar.http.h1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import io.weft.sidecar.cluster.pool.ConnectionOwner;
import io.weft.sidecar.cluster.pool.UpstreamConnection;
import io.weft.sidecar.cluster.pool.UpstreamEvents;
import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.cluster.pool.UpstreamStream;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.Http1Fields;
import io.weft.sidecar.message.Http1RequestHead;
import io.weft.sidecar.message.Http1ResponseHead;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.ClusterResource;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 connection to an endpoint and, as there is only one at a time, its stream. It goes back to the pool only when request and
 * response are complete and not a byte is left over.
 */
final class Http1UpstreamConnection extends ChannelInboundHandlerAdapter
        implements UpstreamConnection, UpstreamStream, StrictHttpClientCodec.Receiver, LoopState.Flushable {
    private final Channel channel;
    private final LoopState loop;
    private final ConnectionOwner owner;
    private final StrictHttpClientCodec codec;
    private final long closeAtNanos;
    private int requestsLeft;
    private @Nullable UpstreamEvents events;
    private boolean head;
    private boolean responseEnded;
    private boolean requestEnded;
    private boolean tunnel;
    private boolean draining;
    private boolean closed;
    private boolean dirty;
    /** Something of this request may have left. */
    private boolean sent;

    Http1UpstreamConnection(
            Channel channel, LoopState loop, ConnectionOwner owner, StrictHttpClientCodec codec, ClusterResource.HttpProtocol options) {
        this.channel = channel;
        this.loop = loop;
        this.owner = owner;
        this.codec = codec;
        codec.receiver(this);
        this.requestsLeft = options.maxRequestsPerConnection() == 0 ? Integer.MAX_VALUE : options.maxRequestsPerConnection();
        this.closeAtNanos = options.maxConnectionDuration().isZero()
                ? Long.MAX_VALUE
                : System.nanoTime() + options.maxConnectionDuration().toNanos();
    }

    // --- connection

    @Override
    public UpstreamStream open(UpstreamEvents receiver) {
        events = receiver;
        responseEnded = false;
        requestEnded = false;
        sent = false;
        requestsLeft--;
        return this;
    }

    @Override
    public int freeStreams() {
        return events == null && !draining && !closed && channel.isActive() ? 1 : 0;
    }

    @Override
    public int activeStreams() {
        return events == null ? 0 : 1;
    }

    @Override
    public void drain() {
        if (!draining) {
            draining = true;
            owner.onDraining(this);
        }
        if (events == null) {
            close();
        }
    }

    @Override
    public void close() {
        channel.close();
    }

    @Override
    public Channel channel() {
        return channel;
    }

    // --- stream

    @Override
    public void sendHead(RequestHead request, boolean end) {
        Http1RequestHead http1 = Http1RequestHead.from(request);
        HttpHeaders headers = http1.netty();
        head = AsciiString.contentEquals(http1.method(), "HEAD");
        String upgrade = http1.upgrade();
        if (upgrade != null) {
            headers.set(HeaderNames.CONNECTION, HeaderNames.UPGRADE);
            headers.set(HeaderNames.UPGRADE, upgrade);
        } else if (end) {
            headers.remove(HeaderNames.TRANSFER_ENCODING);
        } else if (!headers.contains(HeaderNames.CONTENT_LENGTH)) {
            headers.set(HeaderNames.TRANSFER_ENCODING, "chunked");
        }
        requestEnded |= end;
        codec.send(http1.request(), end);
        flushLater();
    }

    @Override
    public void sendData(ByteBuf data, boolean end) {
        if (tunnel) {
            channel.write(data, channel.voidPromise());
            flushLater();
            if (end) {
                requestEnded = true;
                HalfClose.output(channel);
                tunnelEnded();
            }
        } else if (end) {
            requestEnded = true;
            write(new DefaultLastHttpContent(data, io.netty.handler.codec.http.DefaultHttpHeadersFactory.trailersFactory().newEmptyHeaders()));
            complete();
        } else {
            write(new DefaultHttpContent(data));
        }
    }

    @Override
    public void sendTrailers(HeaderBlock trailers) {
        DefaultLastHttpContent last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
        trailers.forEach((name, value) -> last.trailingHeaders().add(name, value));
        requestEnded = true;
        write(last);
        complete();
    }

    private void write(HttpContent content) {
        codec.send(content);
        flushLater();
    }

    private void flushLater() {
        if (!dirty) {
            dirty = true;
            loop.flushLater(this);
        }
    }

    @Override
    public void flushNow() {
        dirty = false;
        // of what is written to a connection that has ended in the same burst of reads, nothing leaves
        sent |= channel.isActive();
        channel.flush();
    }

    @Override
    public void cancel() {
        if (events != null) {
            events = null;
            close();
        }
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public void setReading(boolean reading) {
        channel.config().setAutoRead(reading);
    }

    @Override
    public UpstreamConnection connection() {
        return this;
    }

    // --- what the endpoint says

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        UpstreamEvents receiver = events;
        if (receiver != null && message instanceof ByteBuf bytes) {
            receiver.onData(bytes, false);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void onResponse(HttpResponse response) {
        UpstreamEvents receiver = events;
        if (receiver != null) {
            onResponse(receiver, response);
        } else {
            ReferenceCountUtil.release(response);
        }
    }

    @Override
    public void onContent(HttpContent content) {
        UpstreamEvents receiver = events;
        if (receiver != null) {
            onContent(receiver, content);
        } else {
            content.release();
        }
    }

    private void onResponse(UpstreamEvents receiver, HttpResponse response) {
        if (response.decoderResult().isFailure()) {
            ReferenceCountUtil.release(response);
            broken(receiver, UpstreamFailure.PROTOCOL);
            return;
        }
        int status = response.status().code();
        if (status == 101) {
            tunnel = true;
            HttpHeaders headers = response.headers();
            headers.remove(HeaderNames.KEEP_ALIVE);
            receiver.onHead(new Http1ResponseHead(withoutBody(response)), false);
            return;
        }
        if (response instanceof FullHttpResponse interim) {
            interim.release();
            if (status != 100) {
                HopByHop.remove(response.headers());
                receiver.onInformational(new Http1ResponseHead(response));
            }
            return;
        }
        HttpHeaders headers = response.headers();
        HopByHop.remove(headers);
        boolean end = head || status == 204 || status == 304 || "0".equals(headers.get(HeaderNames.CONTENT_LENGTH));
        responseEnded = end;
        receiver.onHead(new Http1ResponseHead(response), end);
    }

    private static HttpResponse withoutBody(HttpResponse response) {
        if (response instanceof FullHttpResponse full) {
            full.release();
        }
        return new DefaultHttpResponse(HttpVersion.HTTP_1_1, response.status(), response.headers());
    }

    private void onContent(UpstreamEvents receiver, HttpContent content) {
        if (content.decoderResult().isFailure()) {
            content.release();
            broken(receiver, UpstreamFailure.PROTOCOL);
            return;
        }
        if (!(content instanceof LastHttpContent last)) {
            receiver.onData(content.content(), false);
            return;
        }
        if (responseEnded) {
            last.release();
        } else {
            responseEnded = true;
            if (last.trailingHeaders().isEmpty()) {
                receiver.onData(last.content(), true);
            } else {
                if (last.content().isReadable()) {
                    receiver.onData(last.content(), false);
                } else {
                    last.release();
                }
                receiver.onTrailers(new Http1Fields(last.trailingHeaders()));
            }
        }
        if (requestEnded) {
            complete();
        }
    }

    private void broken(UpstreamEvents receiver, UpstreamFailure failure) {
        events = null;
        close();
        receiver.onReset(failure);
    }

    /** Request and response have ended, and the decoder has seen the end of the latter. */
    private void complete() {
        if (events == null || !responseEnded || !requestEnded || tunnel) {
            return;
        }
        events = null;
        if (!channel.config().isAutoRead()) {
            channel.config().setAutoRead(true);
        }
        if (requestsLeft <= 0 || closeAtNanos != Long.MAX_VALUE && System.nanoTime() > closeAtNanos) {
            drain();
        } else if (draining || !codec.reusable()) {
            close();
        } else {
            owner.onFree(this);
        }
    }

    private void tunnelEnded() {
        if (requestEnded && responseEnded) {
            events = null;
            HalfClose.both(channel);
        }
    }

    /** The endpoint sends no more. Outside a tunnel that ends the connection: an answer that lasts until then is complete by it. */
    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslCloseCompletionEvent && events == null) {
            // TLS has ended before TCP: a request that came now would be written into nothing
            ctx.close();
        }
        if (event != ChannelInputShutdownEvent.INSTANCE) {
            ctx.fireUserEventTriggered(event);
            return;
        }
        UpstreamEvents receiver = events;
        if (tunnel && receiver != null) {
            responseEnded = true;
            receiver.onData(Unpooled.EMPTY_BUFFER, true);
            tunnelEnded();
        } else {
            ctx.close();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        UpstreamEvents receiver = events;
        if (receiver != null && channel.isWritable()) {
            receiver.onUpstreamWritable();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (closed) {
            return;
        }
        closed = true;
        UpstreamEvents receiver = events;
        events = null;
        owner.onClosed(this);
        if (receiver != null) {
            receiver.onReset(sent ? UpstreamFailure.CLOSED : UpstreamFailure.STALE);
        }
    }

    /** A reset, or a write that failed: the end of the connection tells the rest. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
