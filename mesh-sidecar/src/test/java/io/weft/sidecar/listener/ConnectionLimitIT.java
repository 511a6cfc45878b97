package io.weft.sidecar.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.testing.RawClient;
import io.weft.sidecar.testing.TestEngine;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever comes when there are too many is turned away at once, and nobody else notices. */
class ConnectionLimitIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    @Test
    void oneTooManyIsClosed_andLetInWhenAnotherHasLeft() throws Exception {
        try (TestEngine engine = new TestEngine(null, 2)) {
            int port = engine.listen(RouteResource.of("r", RouteResource.Match.prefix("/"), new RouteResource.DirectResponse(200, "x")));
            RawClient first = new RawClient(port);
            try (RawClient second = new RawClient(port)) {
                assertThat(first.send(GET).read().status()).isEqualTo(200);
                assertThat(second.send(GET).read().status()).isEqualTo(200);
                assertThat(turnedAway(port)).isTrue();
                assertThat(second.send(GET).read().status()).isEqualTo(200);
                first.close();
                await().until(() -> !turnedAway(port));
                assertThat(engine.engine().connections()).isLessThanOrEqualTo(2);
            }
            await().until(() -> engine.engine().connections() == 0);
        }
    }

    private static boolean turnedAway(int port) throws Exception {
        try (RawClient client = new RawClient(port)) {
            client.send(GET);
            return client.socket().getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    @Test
    void allEnginesShareOneBudget() {
        ConnectionBudget budget = new ConnectionBudget(2);
        OpenConnections one = new OpenConnections(10, budget);
        OpenConnections other = new OpenConnections(10, budget);

        assertThat(one.opened()).isTrue();
        assertThat(other.opened()).isTrue();
        assertThat(other.opened()).isFalse();
        assertThat(other.open()).isEqualTo(1);
        one.closed();
        assertThat(other.opened()).isTrue();
        assertThat(one.opened()).isFalse();
    }

    @Test
    void theBudgetIsHalfOfWhatTheProcessMayOpen(@TempDir Path folder) throws Exception {
        Path limits = Files.writeString(
                folder.resolve("limits"),
                "Limit                     Soft Limit           Hard Limit           Units\n"
                        + "Max processes             96000                96000                processes\n"
                        + "Max open files            20001                524288               files\n");

        assertThat(ConnectionBudget.half(limits)).isEqualTo(10_000);
        assertThat(ConnectionBudget.half(Files.writeString(limits, "Max open files            unlimited            unlimited            files\n")))
                .isEqualTo(Integer.MAX_VALUE);
        assertThat(ConnectionBudget.half(folder.resolve("none"))).isEqualTo(Integer.MAX_VALUE);
    }
}
