package io.weft.demo.survive;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http2.Http2ResetFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The end of a pipeline: completes the one request that is under way on it. */
final class Reply extends SimpleChannelInboundHandler<FullHttpResponse> {

    /** Told when an answer is whole, before the one who asked is. */
    interface Done {
        void done(ChannelHandlerContext context, FullHttpResponse response);
    }

    private final Done done;
    private @Nullable CompletableFuture<Answer> waiting;
    private String connection = "";
    private int served;

    Reply(Done done) {
        this.done = done;
    }

    void expect(CompletableFuture<Answer> answer, String connection) {
        this.waiting = answer;
        this.connection = connection;
    }

    int served() {
        return served;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
        CompletableFuture<Answer> asked = waiting;
        if (asked == null) {
            // An answer nobody asked for would be the next one's: the worst thing a proxy can do.
            throw new IllegalStateException("an answer without a request: " + response.status());
        }
        waiting = null;
        served++;
        Answer answer = new Answer(response.status().code(), response.content().toString(StandardCharsets.UTF_8), connection);
        done.done(context, response);
        asked.complete(answer);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof Http2ResetFrame reset) {
            fail("stream reset, code " + reset.errorCode());
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(cause.toString());
        context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail("closed without an answer");
    }

    private void fail(String why) {
        CompletableFuture<Answer> asked = waiting;
        if (asked != null) {
            waiting = null;
            asked.completeExceptionally(new IOException(why + ", " + connection + ", after " + served + " answers"));
        }
    }
}
