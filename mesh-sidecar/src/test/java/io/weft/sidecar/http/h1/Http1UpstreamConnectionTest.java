package io.weft.sidecar.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.weft.sidecar.cluster.pool.ConnectionOwner;
import io.weft.sidecar.cluster.pool.UpstreamConnection;
import io.weft.sidecar.cluster.pool.UpstreamEvents;
import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.Http1RequestHead;
import io.weft.sidecar.message.ResponseHead;
import io.weft.sidecar.resource.ClusterResource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a request is told of a connection that ends under it: whether anything of it can have been read. */
class Http1UpstreamConnectionTest {
    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final Pool pool = new Pool();
    private final Asked asked = new Asked();
    private Channel channel;
    private UpstreamConnection connection;

    @BeforeEach
    void connect() {
        LocalAddress address = new LocalAddress(Http1UpstreamConnectionTest.class);
        ChannelHandler nothing = new ChannelInboundHandlerAdapter() {
            @Override
            public boolean isSharable() {
                return true;
            }
        };
        Channel server = new ServerBootstrap().group(loop).channel(LocalServerChannel.class).childHandler(nothing).bind(address).syncUninterruptibly().channel();
        channel = new Bootstrap().group(loop).channel(LocalChannel.class).handler(nothing).connect(server.localAddress()).syncUninterruptibly().channel();
        inLoop(() -> connection = new Http1UpstreamCodec().install(channel, LoopState.of(loop), pool, ClusterResource.HttpProtocol.HTTP1));
    }

    @AfterEach
    void release() {
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** What it puts off has happened too when this returns. */
    private void inLoop(Runnable task) {
        loop.submit(task).syncUninterruptibly();
        loop.submit(() -> {}).syncUninterruptibly();
    }

    private void ask() {
        connection.open(asked).sendHead(new Http1RequestHead(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/"), "x", "http"), true);
    }

    @Test
    void theEndComesBeforeTheRequestIsFlushed_nothingWasSent() {
        inLoop(() -> {
            ask();
            channel.close();
        });
        assertThat(asked.failures).containsExactly(UpstreamFailure.STALE);
    }

    @Test
    void theEndComesAfterwards_thePeerMayHaveReadIt() {
        inLoop(this::ask);
        inLoop(channel::close);
        assertThat(asked.failures).containsExactly(UpstreamFailure.CLOSED);
    }

    @Test
    void tlsThatHasEndedTakesNoRequest() {
        inLoop(() -> assertThat(connection.freeStreams()).isEqualTo(1));
        inLoop(() -> channel.pipeline().fireUserEventTriggered(SslCloseCompletionEvent.SUCCESS));
        assertThat(connection.freeStreams()).isZero();
        assertThat(pool.closed).isEqualTo(1);
    }

    private static final class Pool implements ConnectionOwner {
        private int closed;

        @Override
        public void onReady(UpstreamConnection ready) {}

        @Override
        public void onFree(UpstreamConnection free) {}

        @Override
        public void onDraining(UpstreamConnection draining) {}

        @Override
        public void onClosed(UpstreamConnection gone) {
            closed++;
        }
    }

    private static final class Asked implements UpstreamEvents {
        private final List<UpstreamFailure> failures = new ArrayList<>();

        @Override
        public void onInformational(ResponseHead head) {}

        @Override
        public void onHead(ResponseHead head, boolean end) {}

        @Override
        public void onData(ByteBuf data, boolean end) {
            data.release();
        }

        @Override
        public void onTrailers(HeaderBlock trailers) {}

        @Override
        public void onReset(UpstreamFailure failure) {
            failures.add(failure);
        }

        @Override
        public void onUpstreamWritable() {}
    }
}
