package io.weft.sidecar.http.h2;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2ChannelDuplexHandler;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client that sends whatever it is told, right or wrong, and writes down what comes back. */
final class RawClient extends Http2ChannelDuplexHandler implements AutoCloseable {

    final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private final CompletableFuture<ChannelHandlerContext> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> settled = new CompletableFuture<>();

    static RawClient to(TestLoops loops, int port) {
        RawClient client = new RawClient();
        loops.connect(loops.loop(), port, channel -> {
            channel.pipeline().addLast(Http2FrameCodecBuilder.forClient().validateHeaders(false).encoderEnforceMaxQueuedControlFrames(0).build());
            channel.pipeline().addLast(client);
        });
        client.ready.orTimeout(5, TimeUnit.SECONDS).join();
        client.settled.orTimeout(5, TimeUnit.SECONDS).join();
        return client;
    }

    @Override
    protected void handlerAdded0(ChannelHandlerContext ctx) {
        ready.complete(ctx);
    }

    Channel channel() {
        return ready.join().channel();
    }

    static Http2Headers get(String path) {
        return new DefaultHttp2Headers(false).method("GET").scheme("http").authority("a.example").path(path);
    }

    Http2FrameStream request(Http2Headers headers, boolean end) {
        Http2FrameStream stream = newStream();
        send(new DefaultHttp2HeadersFrame(headers, end).stream(stream));
        return stream;
    }

    void send(Object frame) {
        channel().writeAndFlush(frame);
    }

    String next() throws InterruptedException {
        String next = seen.poll(5, TimeUnit.SECONDS);
        return next == null ? "nothing" : next;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof Http2HeadersFrame headers) {
            CharSequence grpc = headers.headers().get("grpc-status");
            CharSequence trailer = headers.headers().get("x-end");
            seen.add(headers.headers().status() == null ? "trailers " + trailer : "status " + headers.headers().status() + (grpc == null ? "" : " grpc " + grpc));
        } else if (msg instanceof Http2DataFrame data) {
            seen.add("data " + data.content().toString(StandardCharsets.US_ASCII));
        } else if (msg instanceof Http2ResetFrame reset) {
            seen.add("reset " + reset.errorCode());
        } else if (msg instanceof Http2GoAwayFrame goAway) {
            seen.add("goaway " + goAway.errorCode() + " " + goAway.lastStreamId());
        } else if (msg instanceof Http2SettingsFrame) {
            settled.complete(null);
        }
        ReferenceCountUtil.release(msg);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        seen.add("closed");
    }

    @Override
    public void close() {
        channel().close();
    }
}
