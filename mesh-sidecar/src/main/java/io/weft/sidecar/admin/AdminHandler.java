package io.weft.sidecar.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers one request and closes the connection. */
final class AdminHandler extends SimpleChannelInboundHandler<HttpObject> {
    private static final Logger log = LoggerFactory.getLogger(AdminHandler.class);

    private final Function<String, AdminPages.Page> pages;
    private final Executor executor;
    private final @Nullable String boundHost;
    private final AdminServer.Limits limits;
    private boolean asked;
    /** The head alone is wanted. */
    private boolean head;
    private @Nullable ScheduledFuture<?> deadline;

    /** @param boundHost what it may be called beside loopback; null: anything */
    AdminHandler(Function<String, AdminPages.Page> pages, Executor executor, @Nullable String boundHost, AdminServer.Limits limits) {
        this.pages = pages;
        this.executor = executor;
        this.boundHost = boundHost;
        this.limits = limits;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        within(ctx, limits.request(), () -> {
            asked(ctx);
            answer(ctx, AdminPages.Page.of(HttpResponseStatus.REQUEST_TIMEOUT, "no request within " + limits.request().toMillis() + " ms"));
        });
    }

    private void asked(ChannelHandlerContext ctx) {
        asked = true;
        within(ctx, limits.answer(), () -> {
            log.debug("admin connection of {}: page not read within {} ms", ctx.channel().remoteAddress(), limits.answer().toMillis());
            ctx.close();
        });
    }

    /** In all, not since the last byte: what comes and goes byte by byte has the same time as the rest. */
    private void within(ChannelHandlerContext ctx, Duration time, Runnable end) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        deadline = ctx.executor().schedule(end, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (deadline != null) {
            deadline.cancel(false);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
        if (asked || !(message instanceof HttpRequest request)) {
            return;
        }
        asked(ctx);
        head = request.method().equals(HttpMethod.HEAD);
        if (request.decoderResult().isFailure()) {
            answer(ctx, AdminPages.Page.of(HttpResponseStatus.BAD_REQUEST, "not HTTP/1.1"));
        } else if (!head && !request.method().equals(HttpMethod.GET)) {
            answer(ctx, AdminPages.Page.of(HttpResponseStatus.METHOD_NOT_ALLOWED, "GET and HEAD only: nothing can be changed here"));
        } else if (!trusted(request.headers().getAll(HttpHeaderNames.HOST))) {
            answer(ctx, AdminPages.Page.of(HttpResponseStatus.FORBIDDEN, "Host (expected: localhost or a loopback address)"));
        } else {
            String target = request.uri();
            int query = target.indexOf('?');
            String path = query < 0 ? target : target.substring(0, query);
            make(ctx, path);
        }
    }

    private void make(ChannelHandlerContext ctx, String path) {
        try {
            executor.execute(() -> {
                try {
                    answer(ctx, pages.apply(path));
                } catch (RuntimeException e) {
                    log.error("admin page {}", path, e);
                    answer(ctx, AdminPages.Page.of(HttpResponseStatus.INTERNAL_SERVER_ERROR, "see the log"));
                }
            });
        } catch (RejectedExecutionException e) {
            answer(ctx, AdminPages.Page.of(HttpResponseStatus.SERVICE_UNAVAILABLE, "stopping"));
        }
    }

    /** A name that an attacker's DNS points at loopback must not read our pages through somebody's browser. */
    private boolean trusted(List<String> hosts) {
        if (boundHost == null) {
            return true;
        }
        if (hosts.size() != 1) {
            return false;
        }
        String host = hosts.get(0).toLowerCase(Locale.ROOT);
        if (host.startsWith("[")) {
            int close = host.indexOf(']');
            host = close < 0 ? "" : host.substring(1, close);
        } else if (host.indexOf(':') >= 0) {
            host = host.substring(0, host.indexOf(':'));
        }
        return host.equals("localhost")
                || host.equals(boundHost)
                || host.equals("::1")
                || NetUtil.isValidIpV4Address(host) && host.startsWith("127.");
    }

    private void answer(ChannelHandlerContext ctx, AdminPages.Page page) {
        byte[] body = page.body().getBytes(StandardCharsets.UTF_8);
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, page.status(), head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, page.type())
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-cache, max-age=0")
                .set("x-content-type-options", "nosniff")
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        if (page.status().equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
        ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("admin connection: {}", cause.toString());
        ctx.close();
    }
}
