package io.weft.pilot.xds;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class NewcomersTest {

    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger ports = new AtomicInteger(1000);
    private final Newcomers newcomers = new Newcomers(2, Duration.ofSeconds(10), now::get);
    private final EmbeddedChannel server = new EmbeddedChannel(newcomers);

    @Test
    void ofTooMany_theOldestGoes() {
        EmbeddedChannel first = connect();
        EmbeddedChannel second = connect();
        EmbeddedChannel third = connect();

        assertThat(first.isOpen()).isFalse();
        assertThat(second.isOpen()).isTrue();
        assertThat(third.isOpen()).isTrue();
        assertThat(newcomers.count()).isEqualTo(2);
    }

    @Test
    void whoIsKnown_staysAndTakesNoRoom() {
        EmbeddedChannel known = connect();
        newcomers.known(known.remoteAddress());
        connect();
        connect();
        now.set(Duration.ofSeconds(60).toNanos());
        newcomers.sweep();

        assertThat(known.isOpen()).isTrue();
        assertThat(newcomers.count()).isZero();
    }

    @Test
    void whoKeepsSilent_goesAfterAWhile() {
        EmbeddedChannel silent = connect();
        now.set(Duration.ofSeconds(9).toNanos());
        EmbeddedChannel late = connect();
        newcomers.sweep();
        assertThat(silent.isOpen()).isTrue();

        now.set(Duration.ofSeconds(10).toNanos());
        newcomers.sweep();
        assertThat(silent.isOpen()).isFalse();
        assertThat(late.isOpen()).isTrue();
    }

    @Test
    void whoLeaves_isForgotten() {
        connect().close();
        assertThat(newcomers.count()).isZero();
        newcomers.known(new InetSocketAddress("127.0.0.1", 1));
        newcomers.hangUp(null);
    }

    private EmbeddedChannel connect() {
        SocketAddress remote = new InetSocketAddress("127.0.0.1", ports.incrementAndGet());
        EmbeddedChannel connection = new EmbeddedChannel() {
            @Override
            protected SocketAddress remoteAddress0() {
                return remote;
            }
        };
        server.writeInbound(connection);
        assertThat((Object) server.readInbound()).isSameAs(connection);
        return connection;
    }
}
