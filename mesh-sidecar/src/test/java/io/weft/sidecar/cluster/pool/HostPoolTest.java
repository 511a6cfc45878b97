package io.weft.sidecar.cluster.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioIoHandler;
import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.cluster.limit.Breakers;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The pool alone: connections are made by hand. */
class HostPoolTest {
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = (EventLoop) group.next();
    private final Breakers breakers = new Breakers(new ClusterResource.CircuitBreakers(10, 10, 10, 3, null, 3));
    private final Host host = new Host(EndpointsResource.Endpoint.of("127.0.0.1", 1), new InetSocketAddress("127.0.0.1", 1), 0);
    private final ArrayDeque<ConnectionOwner> connecting = new ArrayDeque<>();
    private final HostPool pool = onLoop(() -> new HostPool(
            LoopState.of(loop), host, new ByHand(), breakers,
            new PoolCounters(new Counter(), new Counter(), new Counter(), new Counter(), new Counter(), new Counter())));

    @AfterEach
    void stop() {
        group.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private <T> T onLoop(Callable<T> work) {
        return loop.submit(work).syncUninterruptibly().getNow();
    }

    @Test
    void whoWaitsWhenTheHostLeavesIsServed_andTheConnectionGoesAfterwards() {
        Waiter waiter = new Waiter();
        onLoop(() -> {
            pool.acquire(waiter);
            return true;
        });
        pool.retire();
        Single connection = onLoop(() -> {
            Single made = new Single();
            connecting.remove().onReady(made);
            return made;
        });
        assertThat(waiter.given).containsExactly(connection);
        assertThat(connection.draining).isTrue();
        assertThat(onLoop(connecting::size)).isZero();
        assertThat(breakers.pendingRequests()).isZero();
    }

    @Test
    void whoeverLosesInterestLeavesNothingBehind() {
        Waiter waiter = new Waiter();
        onLoop(() -> {
            pool.acquire(waiter);
            pool.cancel(waiter);
            pool.cancel(waiter);
            connecting.remove().onReady(new Single());
            return true;
        });
        assertThat(waiter.given).isEmpty();
        assertThat(breakers.pendingRequests()).isZero();
        assertThat(breakers.activeConnections()).isEqualTo(1);
        assertThat(host.activeConnections()).isEqualTo(1);
    }

    private final class ByHand implements Connector {
        @Override
        public void connect(LoopState state, ConnectionOwner owner, Failed failed) {
            connecting.add(owner);
        }

        @Override
        public int expectedStreams() {
            return 1;
        }

        @Override
        public Duration idleTimeout() {
            return Duration.ZERO;
        }
    }

    private static final class Waiter implements StreamRequest {
        private final List<UpstreamConnection> given = new ArrayList<>();

        @Override
        public void onConnection(UpstreamConnection connection) {
            given.add(connection);
            ((Single) connection).taken = true;
        }

        @Override
        public void onNoConnection(UpstreamFailure failure, String reason) {
            throw new AssertionError(reason);
        }
    }

    private static final class Single implements UpstreamConnection {
        private final EmbeddedChannel channel = new EmbeddedChannel();
        private boolean taken;
        private boolean draining;

        @Override
        public UpstreamStream open(UpstreamEvents events) {
            throw new UnsupportedOperationException("no streams here");
        }

        @Override
        public int freeStreams() {
            return taken || draining ? 0 : 1;
        }

        @Override
        public int activeStreams() {
            return taken ? 1 : 0;
        }

        @Override
        public void drain() {
            draining = true;
        }

        @Override
        public void close() {
            channel.close();
        }

        @Override
        public Channel channel() {
            return channel;
        }
    }
}
