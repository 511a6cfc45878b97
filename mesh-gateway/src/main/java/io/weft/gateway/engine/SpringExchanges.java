package io.weft.gateway.engine;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.weft.gateway.filter.Handover;
import io.weft.sidecar.http.Onward;
import io.weft.sidecar.message.Http1Fields;
import io.weft.sidecar.message.Http1ResponseHead;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges of an HTTP/1.1 connection that go on to WebFlux; it stands between the engine and Reactor's handlers and sees nothing
 * else.
 *
 * <p>The engine reads eagerly, Reactor reads on demand: while an exchange is WebFlux's, reading is its business, so automatic reading is
 * off from the request's head to the last piece of the answer (after 101, for good).
 *
 * <p>Reactor writes bodies as bare buffers and lets Netty's encoder see content in them; the strict encoder takes bare buffers for bytes
 * of a tunnel, so they are named here.
 */
final class SpringExchanges extends ChannelDuplexHandler {

    private final ConnectionFields fields;
    private final Drain drain;
    /** The engine's half of the open exchange; null where no engine stands before. */
    private @Nullable Onward record;
    private boolean open;
    /** The head of the final (not 1xx) answer has gone by: the next last content ends the exchange. */
    private boolean finalHeadSent;
    private boolean switched;
    private boolean chunked;
    /** We, not the application, have told the client that the connection ends here: then closing it is ours too. */
    private boolean closing;

    SpringExchanges(ConnectionFields fields, Drain drain) {
        this.fields = fields;
        this.drain = drain;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Onward request) {
            record = request;
            Handover.current(ctx.channel(), request);
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (record != null) {
            if (message instanceof HttpContent content) {
                record.seeRequestData(content.content());
            } else if (message instanceof ByteBuf tunnelled) {
                record.seeRequestData(tunnelled);
            }
        }
        if (message instanceof HttpRequest request) {
            fields.restore(request);
            open = true;
            drain.opened();
            ctx.channel().config().setAutoRead(false);
        }
        ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        if (open && !switched && message instanceof HttpResponse response) {
            beforeHead(response);
            if (switched) {
                // From here on there are no exchanges, and nothing for the engine to time.
                ctx.write(message, promise.unvoid().addListener(done -> ctx.executor().execute(() -> stepAside(ctx))));
                return;
            }
        }
        see(message);
        if (message instanceof LastHttpContent && finalHeadSent) {
            finalHeadSent = false;
            ctx.write(message, closing ? promise.unvoid().addListener(ChannelFutureListener.CLOSE) : promise);
            ended(ctx, true);
            ctx.channel().config().setAutoRead(true);
        } else if (finalHeadSent && message instanceof ByteBuf content) {
            ctx.write(new DefaultHttpContent(content), promise);
        } else if (finalHeadSent && chunked && message instanceof FileRegion) {
            ReferenceCountUtil.release(message);
            promise.setFailure(new IllegalStateException("a file region in a chunked response (expected: a content-length)"));
            ctx.close();
        } else {
            ctx.write(message, promise);
        }
    }

    /** What goes by of the answer's body belongs to the engine's record. */
    private void see(Object message) {
        Onward to = record;
        if (to == null || !finalHeadSent && !switched) {
            return;
        }
        if (message instanceof HttpContent content) {
            to.seeData(content.content());
        } else if (message instanceof ByteBuf bytes) {
            to.seeData(bytes);
        }
        if (message instanceof LastHttpContent last && !last.trailingHeaders().isEmpty()) {
            to.seeTrailers(new Http1Fields(last.trailingHeaders()));
        }
    }

    private void beforeHead(HttpResponse response) {
        switched = HttpResponseStatus.SWITCHING_PROTOCOLS.equals(response.status());
        if (!switched && response.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            return;
        }
        if (record != null) {
            record.seeHead(new Http1ResponseHead(response));
        }
        if (switched) {
            return;
        }
        finalHeadSent = true;
        chunked = HttpUtil.isTransferEncodingChunked(response);
        if (drain.isDraining() && HttpUtil.isKeepAlive(response)) {
            HttpUtil.setKeepAlive(response, false);
            closing = true;
        }
    }

    private static void stepAside(ChannelHandlerContext ctx) {
        for (String name : ReactorPipeline.OF_HTTP1) {
            if (ctx.pipeline().context(name) != null) {
                ctx.pipeline().remove(name);
            }
        }
    }

    /** {@code complete}: the answer has gone out to its end. */
    private void ended(ChannelHandlerContext ctx, boolean complete) {
        if (open) {
            open = false;
            drain.closed();
        }
        Onward was = record;
        if (was != null) {
            record = null;
            Handover.current(ctx.channel(), null);
            if (complete) {
                was.ended();
            } else {
                was.brokenOff();
            }
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        ended(ctx, switched);
        ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        ended(ctx, switched);
    }
}
