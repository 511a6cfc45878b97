package io.weft.demo.survive;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1. A kept connection is used again unless the server has said that it closes it; one that the server closes without a word under a request is a
 * failure, as it is for every client that keeps connections.
 */
final class Http1Client implements Client {

    static final int MAX_BODY = 1 << 20;

    /** Connections do not live for ever, as those of real clients do not. */
    private static final int USES = 500;

    private final int port;
    private final boolean keep;
    private final boolean proxy;
    private final Bootstrap bootstrap;
    private final Deque<Channel> idle = new ArrayDeque<>();
    private boolean closed;

    /**
     * @param keep whether connections are used again
     * @param proxy whether the port is a forward proxy's, which is asked with the whole URI
     */
    Http1Client(EventLoop loop, int port, boolean keep, boolean proxy) {
        this.port = port;
        this.keep = keep;
        this.proxy = proxy;
        this.bootstrap = new Bootstrap().group(loop).channel(NioSocketChannel.class).handler(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new HttpClientCodec(), new HttpObjectAggregator(MAX_BODY), new Reply(Http1Client.this::done));
            }
        });
    }

    @Override
    public CompletableFuture<Answer> send(Ask ask) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        Channel kept = takeIdle();
        if (kept != null) {
            write(kept, ask, answer);
            return answer;
        }
        bootstrap.connect("127.0.0.1", port).addListener((io.netty.channel.ChannelFutureListener) connected -> {
            if (connected.isSuccess()) {
                write(connected.channel(), ask, answer);
            } else {
                answer.completeExceptionally(connected.cause());
            }
        });
        return answer;
    }

    private @Nullable Channel takeIdle() {
        Channel next = idle.pollFirst();
        while (next != null && !next.isActive()) {
            next = idle.pollFirst();
        }
        return next;
    }

    private void write(Channel channel, Ask ask, CompletableFuture<Answer> answer) {
        channel.pipeline().get(Reply.class).expect(answer, (keep ? "kept " : "new ") + channel.localAddress());
        String uri = proxy ? "http://" + ask.host() + ask.path() : ask.path();
        DefaultFullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, uri, Unpooled.EMPTY_BUFFER);
        request.headers().set(HttpHeaderNames.HOST, ask.host());
        if (!keep) {
            request.headers().set(HttpHeaderNames.CONNECTION, "close");
        }
        channel.writeAndFlush(request).addListener(written -> {
            if (!written.isSuccess()) {
                answer.completeExceptionally(written.cause());
            }
        });
    }

    private void done(ChannelHandlerContext context, FullHttpResponse response) {
        Reply reply = (Reply) context.handler();
        if (keep && !closed && HttpUtil.isKeepAlive(response) && reply.served() < USES) {
            idle.addFirst(context.channel());
        } else {
            context.close();
        }
    }

    @Override
    public void close() {
        closed = true;
        idle.forEach(Channel::close);
        idle.clear();
    }
}
