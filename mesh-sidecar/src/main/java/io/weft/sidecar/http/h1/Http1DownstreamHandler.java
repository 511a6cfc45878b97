package io.weft.sidecar.http.h1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.weft.sidecar.http.Downstream;
import io.weft.sidecar.http.DownstreamConnection;
import io.weft.sidecar.http.HttpService;
import io.weft.sidecar.http.Onward;
import io.weft.sidecar.http.RequestEvents;
import io.weft.sidecar.http.h2.Http2ServerHandler;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.Http1Fields;
import io.weft.sidecar.message.Http1RequestHead;
import io.weft.sidecar.message.Http1ResponseHead;
import io.weft.sidecar.message.ResponseHead;
import io.weft.sidecar.resource.HttpManagerResource;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of HTTP/1, directly behind {@link StrictHttpServerCodec}, which hands over one request at a time. Claimed requests become
 * exchanges; with {@code fallThrough}, a request that no route claims is fired on to the next handler in the pipeline, together with its body, and
 * that handler answers through this one untouched.
 */
public final class Http1DownstreamHandler extends ChannelDuplexHandler implements Downstream, LoopState.Flushable, ConnectionWatch.Connection {
    private static final long DISCARD_BYTES = 256 * 1024;

    private final DownstreamConnection connection;
    private final LoopState loop;
    private final HttpService service;
    private final ConnectionWatch watch;
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable RequestEvents exchange;
    private boolean fellThrough;
    private boolean fallThroughAnswered;
    private @Nullable Onward onward;
    private boolean requestEnded = true;
    private boolean responseStarted;
    private boolean keepAlive = true;
    private boolean http10;
    private boolean headRequest;
    private boolean tunnel;
    private boolean tunnelInEnded;
    private boolean tunnelOutEnded;
    private boolean closing;
    private boolean dirty;
    private boolean readWanted = true;
    /** The response ended while {@link HttpService#begin} was still running. */
    private boolean exchangeOver;
    /** Whether somebody else (Reactor Netty) has switched automatic reading off for good; null: not asked yet. */
    private @Nullable Boolean manual;
    private int requests;
    private long discarded;

    public Http1DownstreamHandler(DownstreamConnection connection) {
        this.connection = connection;
        this.loop = connection.loop();
        this.service = connection.service();
        this.watch = new ConnectionWatch(this, loop, service);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        watch.begin();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        watch.cancel();
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext context = ctx;
        if (context == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return context;
    }

    // --- reading

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            onRequest(context, request);
        } else if (fellThrough) {
            boolean last = message instanceof LastHttpContent;
            requestEnded |= last;
            context.fireChannelRead(message);
            if (last && fallThroughAnswered) {
                fallThroughOver();
            }
        } else if (message instanceof HttpContent content) {
            onContent(content);
        } else if (message instanceof ByteBuf bytes && exchange != null) {
            exchange.onRequestData(bytes, false);
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    private void onRequest(ChannelHandlerContext context, HttpRequest request) {
        watch.headRead();
        requests++;
        requestEnded = false;
        responseStarted = false;
        fellThrough = false;
        discarded = 0;
        if (request.decoderResult().isFailure()) {
            refuse(request.decoderResult().cause());
            return;
        }
        HttpManagerResource settings = service.settings();
        http10 = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
        if (http10 && !settings.acceptHttp10()) {
            closing = true;
            answer(426, "");
            return;
        }
        headRequest = HttpMethod.HEAD.equals(request.method());
        keepAlive = HttpUtil.isKeepAlive(request)
                && (settings.maxRequestsPerConnection() == 0 || requests < settings.maxRequestsPerConnection());
        Http1RequestHead head = RequestForm.head(request, connection.tls(), settings);
        boolean expectsContinue = isContinue(request.headers());
        boolean end = head.upgrade() == null && !HttpMethod.CONNECT.equals(request.method()) && !hasBody(request.headers());
        requestEnded = end;
        RequestEvents begun = service.begin(this, head, end);
        if (begun == null) {
            fallThrough(context, request);
            return;
        }
        if (exchangeOver) {
            exchangeOver = false;
            return;
        }
        exchange = begun;
        if (expectsContinue && !responseStarted && !end) {
            write(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
        }
    }

    private void fallThrough(ChannelHandlerContext context, HttpRequest request) {
        fellThrough = true;
        fallThroughAnswered = false;
        requestEnded = false;
        Onward passedOn = onward;
        if (passedOn != null) {
            onward = null;
            context.fireUserEventTriggered(passedOn);
        }
        context.fireChannelRead(request);
    }

    @Override
    public void passedOn(Onward exchange) {
        onward = exchange;
    }

    private static boolean isContinue(HttpHeaders headers) {
        String expect = headers.get(HeaderNames.EXPECT);
        if (expect == null) {
            return false;
        }
        headers.remove(HeaderNames.EXPECT);
        return expect.equalsIgnoreCase("100-continue");
    }

    private static boolean hasBody(HttpHeaders headers) {
        if (headers.contains(HeaderNames.TRANSFER_ENCODING)) {
            return true;
        }
        String length = headers.get(HeaderNames.CONTENT_LENGTH);
        return length != null && !length.equals("0");
    }

    private void onContent(HttpContent content) {
        RequestEvents current = exchange;
        if (content.decoderResult().isFailure()) {
            content.release();
            requestEnded = true;
            closing = true;
            if (current != null) {
                exchange = null;
                current.onDownstreamReset();
                if (!responseStarted) {
                    refuse(content.decoderResult().cause());
                    return;
                }
            }
            context().close();
            return;
        }
        boolean last = content instanceof LastHttpContent;
        boolean told = requestEnded;
        requestEnded |= last;
        if (current == null || told) {
            discarded += content.content().readableBytes();
            content.release();
            afterDiscard(last);
            return;
        }
        if (content instanceof LastHttpContent end && !end.trailingHeaders().isEmpty()) {
            if (end.content().isReadable()) {
                current.onRequestData(end.content(), false);
            } else {
                end.release();
            }
            current.onRequestTrailers(new Http1Fields(end.trailingHeaders()));
        } else {
            current.onRequestData(content.content(), last);
        }
    }

    /** The rest of a request whose answer is complete: read a little, so that the client sees the answer and not a reset. */
    private void afterDiscard(boolean last) {
        if (closing && last || discarded > DISCARD_BYTES) {
            flushAndClose();
        }
    }

    private void refuse(Throwable cause) {
        closing = true;
        requestEnded = true;
        int status = cause instanceof Http1Refusal refusal ? refusal.status().code() : 400;
        answer(status, "");
    }

    /** An answer of the codec's own; the connection ends with it. */
    private void answer(int status, String reason) {
        Http1ResponseHead head = Http1ResponseHead.of(status);
        head.set(HeaderNames.CONTENT_LENGTH, Integer.toString(reason.length()));
        keepAlive = false;
        sendHead(head, true);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        boolean mine = !fellThrough;
        context.fireChannelReadComplete();
        if (mine && readWanted && !context.channel().config().isAutoRead()) {
            context.read();
        }
    }

    @Override
    public void headTooLate() {
        closing = true;
        requestEnded = true;
        answer(408, "");
    }

    @Override
    public boolean over() {
        return closing && !busy() && requests > 0;
    }

    /** A request that fell through is the next handler's until its answer ends. */
    @Override
    public boolean busy() {
        return exchange != null || fellThrough;
    }

    @Override
    public boolean atRest() {
        return !busy() && requestEnded && !watch.inHead();
    }

    @Override
    public int requests() {
        return requests;
    }

    @Override
    public void close() {
        context().close();
    }

    /**
     * The client sends no more. In a tunnel that is half the end; otherwise, as to Envoy and nginx, it has gone: a close looks the same, and work
     * for nobody must stop.
     */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == Http2ServerHandler.DRAIN || event == Http2ServerHandler.DRAINED) {
            watch.drain(event == Http2ServerHandler.DRAINED);
            return;
        }
        if (event == StrictHttpRequestDecoder.PARTIAL_HEAD) {
            watch.headBegan();
            return;
        }
        if (event != ChannelInputShutdownEvent.INSTANCE) {
            context.fireUserEventTriggered(event);
            return;
        }
        RequestEvents current = exchange;
        if (tunnel && current != null) {
            tunnelInEnded = true;
            current.onRequestData(Unpooled.EMPTY_BUFFER, true);
            tunnelEnded();
        } else if (fellThrough) {
            context.fireUserEventTriggered(event);
        } else {
            context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        watch.cancel();
        RequestEvents current = exchange;
        exchange = null;
        if (current != null) {
            current.onDownstreamReset();
        }
        context.fireChannelInactive();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        RequestEvents current = exchange;
        if (current != null && context.channel().isWritable()) {
            current.onDownstreamWritable();
        }
        context.fireChannelWritabilityChanged();
    }

    /** A reset or a failed write: the end of the connection tells the exchange. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (fellThrough) {
            context.fireExceptionCaught(cause);
        } else {
            context.close();
        }
    }

    // --- answering

    @Override
    public void sendInformational(ResponseHead head) {
        if (!http10) {
            Http1ResponseHead http1 = Http1ResponseHead.from(head);
            write(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    http1.response().status(),
                    Unpooled.EMPTY_BUFFER,
                    http1.netty(),
                    io.netty.handler.codec.http.DefaultHttpHeadersFactory.trailersFactory().newEmptyHeaders()));
        }
    }

    @Override
    public void sendHead(ResponseHead head, boolean end) {
        responseStarted = true;
        Http1ResponseHead http1 = Http1ResponseHead.from(head);
        HttpHeaders headers = http1.netty();
        int status = http1.status();
        if (status == 101) {
            tunnel = true;
            headers.set(HeaderNames.CONNECTION, HeaderNames.UPGRADE);
        } else if (!keepAlive || closing || watch.draining() || service.draining()) {
            closing = true;
            headers.set(HeaderNames.CONNECTION, "close");
        } else if (http10) {
            headers.set(HeaderNames.CONNECTION, HeaderNames.KEEP_ALIVE);
        }
        if (end && !headRequest && status >= 200 && status != 204 && status != 304
                && !headers.contains(HeaderNames.CONTENT_LENGTH)) {
            headers.remove(HeaderNames.TRANSFER_ENCODING);
            headers.set(HeaderNames.CONTENT_LENGTH, "0");
        }
        write(http1.response());
        if (end) {
            write(LastHttpContent.EMPTY_LAST_CONTENT);
            responseEnded();
        }
    }

    @Override
    public void sendData(ByteBuf data, boolean end) {
        if (tunnel) {
            write(data);
            if (end) {
                tunnelOutEnded = true;
                HalfClose.output(context().channel());
                // the endpoint has closed
                exchange = null;
                closing = true;
                watch.linger();
                tunnelEnded();
            }
        } else if (end) {
            write(data.isReadable() ? new DefaultLastHttpContent(data) : last(data));
            responseEnded();
        } else {
            write(new DefaultHttpContent(data));
        }
    }

    private static LastHttpContent last(ByteBuf empty) {
        empty.release();
        return LastHttpContent.EMPTY_LAST_CONTENT;
    }

    @Override
    public void sendTrailers(HeaderBlock trailers) {
        DefaultLastHttpContent last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
        trailers.forEach((name, value) -> last.trailingHeaders().add(name, value));
        write(last);
        responseEnded();
    }

    private void write(Object message) {
        ChannelHandlerContext context = context();
        context.write(message, context.voidPromise());
        if (!dirty) {
            dirty = true;
            loop.flushLater(this);
        }
    }

    @Override
    public void flushNow() {
        dirty = false;
        context().flush();
    }

    private void responseEnded() {
        if (exchange == null) {
            exchangeOver = true;
        }
        exchange = null;
        watch.answered();
        if (!readWanted) {
            setReading(true);
        }
        if (!closing) {
            if (watch.draining() && atRest()) {
                watch.restInDrain();
            }
            return;
        }
        if (requestEnded) {
            flushAndClose();
        } else {
            watch.linger();
        }
    }

    private void flushAndClose() {
        context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    private void tunnelEnded() {
        if (tunnelInEnded && tunnelOutEnded) {
            exchange = null;
            HalfClose.both(context().channel());
        }
    }

    /** In the middle of an answer there is no other way to say that it is not complete. */
    @Override
    public void reset() {
        exchange = null;
        context().close();
    }

    @Override
    public boolean isWritable() {
        return context().channel().isWritable();
    }

    @Override
    public void setReading(boolean reading) {
        readWanted = reading;
        ChannelHandlerContext context = context();
        if (!fellThrough && manual == null) {
            manual = !context.channel().config().isAutoRead();
        }
        if (Boolean.TRUE.equals(manual)) {
            if (reading) {
                context.read();
            }
        } else {
            context.channel().config().setAutoRead(reading);
        }
    }

    @Override
    public DownstreamConnection connection() {
        return connection;
    }

    // --- what the next handler answers when a request fell through

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        context.write(message, promise);
        if (fellThrough && message instanceof LastHttpContent
                && !(message instanceof HttpResponse response && response.status().code() < 200)) {
            fallThroughAnswered = true;
            if (requestEnded) {
                fallThroughOver();
            }
        }
    }

    private void fallThroughOver() {
        fellThrough = false;
        watch.answered();
        if (watch.draining()) {
            watch.restInDrain();
        }
    }
}
