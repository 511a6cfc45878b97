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
import io.weft.sidecar.loop.Deadline;
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
public final class Http1DownstreamHandler extends ChannelDuplexHandler implements Downstream, LoopState.Flushable {
    private static final long HEAD_MILLIS = 10_000;
    private static final long DISCARD_BYTES = 256 * 1024;
    private static final long LINGER_MILLIS = 1_000;

    private final DownstreamConnection connection;
    private final LoopState loop;
    private final HttpService service;
    private final Deadline watch = new Deadline() {
        @Override
        protected void expired() {
            watchExpired();
        }
    };
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
    private long idleSince = System.nanoTime();
    private long partialSince;
    /** Lame duck: when a connection at rest is closed; 0: not one. */
    private long drainAt;
    private @Nullable Deadline oldAge;

    public Http1DownstreamHandler(DownstreamConnection connection) {
        this.connection = connection;
        this.loop = connection.loop();
        this.service = connection.service();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        long idle = service.settings().idleTimeout().toMillis();
        loop.timers().arm(watch, idle == 0 ? headMillis() : Math.min(idle, headMillis()));
        long most = service.settings().maxConnectionDuration().toMillis();
        if (most > 0) {
            Deadline age = new Deadline() {
                @Override
                protected void expired() {
                    drain(false);
                }
            };
            oldAge = age;
            loop.timers().arm(age, most);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        cancelTimers();
    }

    private void cancelTimers() {
        loop.timers().cancel(watch);
        Deadline age = oldAge;
        if (age != null) {
            loop.timers().cancel(age);
        }
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext context = ctx;
        if (context == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return context;
    }

    private long headMillis() {
        long wanted = service.settings().requestHeadersTimeout().toMillis();
        return wanted == 0 ? HEAD_MILLIS : wanted;
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
        partialSince = 0;
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

    private void watchExpired() {
        ChannelHandlerContext context = context();
        long now = System.nanoTime();
        if (partialSince != 0) {
            long waited = (now - partialSince) / 1_000_000;
            if (waited >= headMillis()) {
                closing = true;
                requestEnded = true;
                answer(408, "");
                return;
            }
            loop.timers().arm(watch, headMillis() - waited);
            return;
        }
        if (closing && exchange == null && !fellThrough && requests > 0) {
            context.close();
            return;
        }
        if (drainAt != 0 && atRest()) {
            if (now - drainAt >= 0) {
                context.close();
            } else {
                watchDrain(now);
            }
            return;
        }
        long idle = service.settings().idleTimeout().toMillis();
        boolean fresh = requests == 0;
        long limit = fresh ? (idle == 0 ? Math.max(headMillis(), 10_000) * 6 : idle) : idle;
        // a request that fell through is the next handler's until its answer ends
        if (exchange != null || fellThrough || limit == 0) {
            loop.timers().arm(watch, limit == 0 ? 60_000 : limit);
            return;
        }
        long quiet = (now - idleSince) / 1_000_000;
        if (quiet >= limit) {
            context.close();
        } else {
            loop.timers().arm(watch, limit - quiet);
        }
    }

    /**
     * The client sends no more. In a tunnel that is half the end; otherwise, as to Envoy and nginx, it has gone: a close looks the same, and work
     * for nobody must stop.
     */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == Http2ServerHandler.DRAIN || event == Http2ServerHandler.DRAINED) {
            drain(event == Http2ServerHandler.DRAINED);
            return;
        }
        if (event == StrictHttpRequestDecoder.PARTIAL_HEAD) {
            headBegan();
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

    /** The rest of it has to come in time. A connection where nothing began is only idle: a client may be about to ask on it, and would take a 408 for its answer. */
    private void headBegan() {
        if (exchange == null && !fellThrough && requestEnded && partialSince == 0) {
            partialSince = System.nanoTime();
            loop.timers().arm(watch, headMillis());
        }
    }

    /**
     * Lame duck: the next answer says close. A client at rest may be about to ask, so the connection is closed only when the drain time is over.
     *
     * @param over it is over, whatever the clock says
     */
    private void drain(boolean over) {
        long now = System.nanoTime();
        if (drainAt == 0) {
            drainAt = (now + service.settings().drainTimeout().toNanos()) | 1;
        } else if (over && atRest() && requests > 0) {
            drainAt = now | 1;
            restInDrain();
            return;
        }
        if (atRest()) {
            watchDrain(now);
        }
    }

    /** The head of the last answer went out before the drain began: only the next one can say close, so there is a little time for it. */
    private void restInDrain() {
        long least = idleSince + LINGER_MILLIS * 1_000_000;
        if (least - drainAt > 0) {
            drainAt = least | 1;
        }
        long now = System.nanoTime();
        if (now - drainAt >= 0) {
            context().close();
        } else {
            watchDrain(now);
        }
    }

    private void watchDrain(long now) {
        loop.timers().arm(watch, Math.max(0, (drainAt - now) / 1_000_000));
    }

    private boolean atRest() {
        return exchange == null && requestEnded && !fellThrough && partialSince == 0;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        cancelTimers();
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
        } else if (!keepAlive || closing || drainAt != 0 || service.draining()) {
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
                // the endpoint has closed: the client may say a last word, but is not waited for
                exchange = null;
                closing = true;
                loop.timers().arm(watch, LINGER_MILLIS);
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
        idleSince = System.nanoTime();
        if (!readWanted) {
            setReading(true);
        }
        if (!closing) {
            if (drainAt != 0 && atRest()) {
                restInDrain();
            }
            return;
        }
        if (requestEnded) {
            flushAndClose();
        } else {
            loop.timers().arm(watch, LINGER_MILLIS);
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
        idleSince = System.nanoTime();
        if (drainAt != 0) {
            restInDrain();
        }
    }
}
