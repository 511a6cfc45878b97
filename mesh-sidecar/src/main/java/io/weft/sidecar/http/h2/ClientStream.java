package io.weft.sidecar.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.weft.sidecar.cluster.pool.UpstreamConnection;
import io.weft.sidecar.cluster.pool.UpstreamEvents;
import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.cluster.pool.UpstreamStream;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.Http2Fields;
import io.weft.sidecar.message.Http2RequestHead;
import io.weft.sidecar.message.Http2ResponseHead;
import io.weft.sidecar.message.RequestHead;
import org.jspecify.annotations.Nullable;

/** One request to an upstream. Frames of the upstream arrive from {@link Http2ClientHandler}. */
final class ClientStream implements UpstreamStream {

    private static final int MAX_LINES = 100;
    private static final int MAX_INTERIM = 16;

    private final Http2ClientHandler handler;
    private @Nullable UpstreamEvents events;
    private @Nullable Http2FrameStream stream;
    private @Nullable ChannelFuture headSent;
    private int id = -1;
    private boolean requestEnded;
    private boolean headSeen;
    private boolean responseEnded;
    private boolean released;
    private boolean reading = true;
    private boolean blocked;
    private int interims;
    private int withheld;

    ClientStream(Http2ClientHandler handler, UpstreamEvents events) {
        this.handler = handler;
        this.events = events;
    }

    /** True the first time: the slot is free again. */
    boolean release() {
        boolean first = !released;
        released = true;
        return first;
    }

    // from the exchange

    @Override
    public void sendHead(RequestHead head, boolean end) {
        if (events == null) {
            return;
        }
        if (head.upgrade() != null) {
            // extended CONNECT is not spoken upstream: better no answer than one to another question
            fail(UpstreamFailure.PROTOCOL);
            return;
        }
        requestEnded = end;
        Http2FrameStream fresh = handler.newStream();
        stream = fresh;
        ChannelFuture written =
                handler.write(new DefaultHttp2HeadersFrame(Http2RequestHead.from(head).netty(), end).stream(fresh));
        if (written.isDone() && !written.isSuccess()) {
            fail(handler.channel().isActive() ? UpstreamFailure.REFUSED : UpstreamFailure.STALE);
            return;
        }
        headSent = written;
        id = fresh.id();
        handler.started(id, this);
    }

    /** The connection ended before the head had left. */
    boolean unsent() {
        ChannelFuture written = headSent;
        return written != null && written.cause() != null;
    }

    @Override
    public void sendData(ByteBuf data, boolean end) {
        Http2FrameStream own = stream;
        if (events == null || own == null || requestEnded) {
            data.release();
            return;
        }
        requestEnded = end;
        handler.dataFrame();
        handler.write(new DefaultHttp2DataFrame(data, end).stream(own));
    }

    @Override
    public void sendTrailers(HeaderBlock trailers) {
        Http2FrameStream own = stream;
        if (events != null && own != null && !requestEnded) {
            requestEnded = true;
            handler.write(new DefaultHttp2HeadersFrame(TrailerBlock.http2(trailers), true).stream(own));
        }
    }

    @Override
    public void cancel() {
        events = null;
        Http2FrameStream own = stream;
        if (own == null || id < 0) {
            handler.over(this);
        } else if (!responseEnded || !requestEnded) {
            requestEnded = true;
            responseEnded = true;
            handler.writeReset(own, Http2Error.CANCEL);
        }
    }

    @Override
    public boolean isWritable() {
        boolean writable = id < 0 || handler.writable(id);
        blocked |= !writable;
        return writable;
    }

    @Override
    public void setReading(boolean on) {
        reading = on;
        if (on && withheld > 0) {
            int bytes = withheld;
            withheld = 0;
            handler.consume(id, bytes);
        }
    }

    @Override
    public UpstreamConnection connection() {
        return handler;
    }

    // from the upstream

    void onHeaders(Http2HeadersFrame frame) {
        UpstreamEvents exchange = events;
        if (exchange == null) {
            return;
        }
        boolean end = frame.isEndStream();
        if (headSeen) {
            if (!end || !RequestCheck.trailers(frame.headers(), MAX_LINES)) {
                broken();
                return;
            }
            responseEnded = true;
            exchange.onTrailers(new Http2Fields(frame.headers()));
            return;
        }
        int status = ResponseCheck.head(frame.headers(), MAX_LINES);
        if (status < 0 || status == 101 || status < 200 && (end || ++interims > MAX_INTERIM)) {
            broken();
        } else if (status < 200) {
            exchange.onInformational(new Http2ResponseHead(frame.headers()));
        } else {
            headSeen = true;
            if (end) {
                responseEnded = true;
            }
            exchange.onHead(new Http2ResponseHead(frame.headers()), end);
        }
    }

    void onData(Http2DataFrame frame) {
        int bytes = frame.initialFlowControlledBytes();
        UpstreamEvents exchange = events;
        if (exchange == null) {
            frame.release();
            handler.consume(id, bytes);
            return;
        }
        if (!headSeen) {
            frame.release();
            broken();
            return;
        }
        if (reading) {
            handler.consume(id, bytes);
        } else {
            withheld += bytes;
        }
        boolean end = frame.isEndStream();
        if (end) {
            responseEnded = true;
        }
        if (end || frame.content().isReadable()) {
            exchange.onData(frame.content(), end);
        } else {
            frame.release();
        }
    }


    void onStreamEvent() {
        UpstreamEvents exchange = events;
        if (blocked && exchange != null && handler.writable(id)) {
            blocked = false;
            exchange.onUpstreamWritable();
        }
    }

    /** The stream is closed; {@code failure} says why, should the answer not be complete. */
    void onClosed(UpstreamFailure failure) {
        UpstreamEvents exchange = events;
        events = null;
        handler.over(this);
        if (exchange != null && !responseEnded) {
            exchange.onReset(failure);
        }
    }

    /** The upstream broke the rules of this stream. */
    void broken() {
        Http2FrameStream own = stream;
        UpstreamEvents exchange = events;
        events = null;
        boolean open = !responseEnded;
        responseEnded = true;
        requestEnded = true;
        if (own != null) {
            handler.writeReset(own, Http2Error.PROTOCOL_ERROR);
        }
        if (exchange != null && open) {
            exchange.onReset(UpstreamFailure.PROTOCOL);
        }
    }

    private void fail(UpstreamFailure failure) {
        UpstreamEvents exchange = events;
        events = null;
        handler.over(this);
        if (exchange != null) {
            // the caller has not got hold of this stream's first call yet: it hears of it when it has
            handler.ctx().executor().execute(() -> exchange.onReset(failure));
        }
    }
}
