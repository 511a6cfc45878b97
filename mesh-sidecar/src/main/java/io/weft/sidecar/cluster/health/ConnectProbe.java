package io.weft.sidecar.cluster.health;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/** A connection that opens is the answer (TCP), or is asked something ({@link HttpProbe}). Each question has a connection of its own. */
class ConnectProbe implements Probe {
    private final LoopResources loops;
    private final EventLoop loop;

    ConnectProbe(LoopResources loops, EventLoop loop) {
        this.loops = loops;
        this.loop = loop;
    }

    @Override
    public final void ask(InetSocketAddress address, Duration timeout, Answer answer) {
        Once once = new Once(answer);
        Bootstrap bootstrap = new Bootstrap()
                .group(loop)
                .channel(loops.onChannelClass(SocketChannel.class, loop))
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(timeout.toMillis(), 60_000))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        ChannelHandler conversation = conversation(address, once);
                        if (conversation != null) {
                            prepare(channel);
                            channel.pipeline().addLast(conversation);
                        }
                    }
                });
        ChannelFuture connecting = bootstrap.connect(address);
        Future<?> deadline = loop.schedule(
                () -> once.done("no answer in " + timeout.toMillis() + " ms"), timeout.toMillis(), TimeUnit.MILLISECONDS);
        once.after(() -> {
            deadline.cancel(false);
            connecting.channel().close();
        });
        connecting.addListener((ChannelFuture future) -> {
            if (!future.isSuccess()) {
                once.done(String.valueOf(future.cause().getMessage()));
            } else if (conversation(address, once) == null) {
                once.done(null);
            }
        });
    }

    /** Null: being connected is enough. */
    @Nullable ChannelHandler conversation(InetSocketAddress address, Answer answer) {
        return null;
    }

    void prepare(Channel channel) {}

    /** First answer wins; all on the event loop. */
    private static final class Once implements Answer {
        private final Answer answer;
        private @Nullable Runnable after;
        private boolean done;

        Once(Answer answer) {
            this.answer = answer;
        }

        void after(Runnable cleanup) {
            after = cleanup;
        }

        @Override
        public void done(@Nullable String problem) {
            if (!done) {
                done = true;
                if (after != null) {
                    after.run();
                }
                answer.done(problem);
            }
        }
    }
}
