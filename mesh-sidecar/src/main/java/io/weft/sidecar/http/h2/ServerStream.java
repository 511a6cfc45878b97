package io.weft.sidecar.http.h2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.weft.sidecar.http.Downstream;
import io.weft.sidecar.http.DownstreamConnection;
import io.weft.sidecar.http.Onward;
import io.weft.sidecar.http.RequestEvents;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.Http2Fields;
import io.weft.sidecar.message.Http2ResponseHead;
import io.weft.sidecar.message.ResponseHead;
import org.jspecify.annotations.Nullable;

/** One request of a client. Its exchange writes here; frames of the client arrive from {@link Http2ServerHandler}. */
final class ServerStream implements Downstream {

    private final Http2ServerHandler handler;
    private final Http2FrameStream stream;
    private final int id;
    private final long started = System.nanoTime();
    private @Nullable RequestEvents events;
    private @Nullable Onward onward;
    private boolean requestEnded;
    private boolean responseEnded;
    private boolean over;
    private boolean reading = true;
    private boolean blocked;
    private int withheld;

    ServerStream(Http2ServerHandler handler, Http2FrameStream stream, boolean requestEnded) {
        this.handler = handler;
        this.stream = stream;
        this.id = stream.id();
        this.requestEnded = requestEnded;
    }

    void events(RequestEvents exchange) {
        events = exchange;
    }

    /** Told before the stream is known to go on, so that it can be kept with it. */
    @Override
    public void passedOn(Onward exchange) {
        onward = exchange;
    }

    @Nullable Onward onward() {
        return onward;
    }

    long age() {
        return System.nanoTime() - started;
    }

    boolean requestEnded() {
        return requestEnded;
    }

    boolean finished() {
        return requestEnded && responseEnded;
    }

    // from the client

    void onData(Http2DataFrame frame) {
        int bytes = frame.initialFlowControlledBytes();
        boolean end = frame.isEndStream();
        requestEnded |= end;
        RequestEvents exchange = listening();
        if (exchange == null) {
            frame.release();
            handler.consume(id, bytes);
            return;
        }
        if (reading) {
            handler.consume(id, bytes);
        } else {
            withheld += bytes;
        }
        if (end || frame.content().isReadable()) {
            exchange.onRequestData(frame.content(), end);
        } else {
            frame.release();
        }
    }

    void onTrailers(Http2Headers trailers) {
        requestEnded = true;
        RequestEvents exchange = listening();
        if (exchange != null) {
            exchange.onRequestTrailers(new Http2Fields(trailers));
        }
    }

    /** The client has reset the stream, broken its rules, or is gone. */
    void onGone() {
        RequestEvents exchange = listening();
        over = true;
        events = null;
        if (exchange != null) {
            exchange.onDownstreamReset();
        }
    }

    void onStreamEvent() {
        RequestEvents exchange = listening();
        if (blocked && exchange != null && handler.writable(id)) {
            blocked = false;
            exchange.onDownstreamWritable();
        }
    }

    private @Nullable RequestEvents listening() {
        return over || responseEnded ? null : events;
    }

    // from the exchange

    @Override
    public void sendInformational(ResponseHead head) {
        if (!over && !responseEnded) {
            handler.write(new DefaultHttp2HeadersFrame(Http2ResponseHead.from(head).netty(), false).stream(stream));
        }
    }

    @Override
    public void sendHead(ResponseHead head, boolean end) {
        if (!over && !responseEnded) {
            responseEnded = end;
            sent(handler.write(new DefaultHttp2HeadersFrame(Http2ResponseHead.from(head).netty(), end).stream(stream)), end);
        }
    }

    @Override
    public void sendData(ByteBuf data, boolean end) {
        if (over || responseEnded) {
            data.release();
            return;
        }
        responseEnded = end;
        handler.dataFrame();
        ChannelFuture written = handler.write(new DefaultHttp2DataFrame(data, end).stream(stream));
        if (end) {
            sent(written, true);
        }
    }

    @Override
    public void sendTrailers(HeaderBlock trailers) {
        if (!over && !responseEnded) {
            responseEnded = true;
            sent(handler.write(new DefaultHttp2HeadersFrame(TrailerBlock.http2(trailers), true).stream(stream)), true);
        }
    }

    /** A head that cannot be written resets the stream; a complete answer to an incomplete request asks the client to stop sending. */
    private void sent(ChannelFuture written, boolean end) {
        if (written.isDone() && !written.isSuccess()) {
            failed();
        } else if (end && !requestEnded) {
            written.addListener(f -> {
                if (!over && !requestEnded) {
                    over = true;
                    handler.writeReset(stream, Http2Error.NO_ERROR);
                }
            });
        }
    }

    private void failed() {
        RequestEvents exchange = events;
        if (!over) {
            over = true;
            events = null;
            handler.writeReset(stream, Http2Error.INTERNAL_ERROR);
            if (exchange != null) {
                exchange.onDownstreamReset();
            }
        }
    }

    @Override
    public void reset() {
        if (!over && !responseEnded) {
            over = true;
            events = null;
            handler.writeReset(stream, Http2Error.INTERNAL_ERROR);
        }
    }

    @Override
    public boolean isWritable() {
        boolean writable = over || handler.writable(id);
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
    public DownstreamConnection connection() {
        return handler.downstream();
    }
}
