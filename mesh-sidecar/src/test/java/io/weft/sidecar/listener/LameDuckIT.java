package io.weft.sidecar.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.TestCa;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.RetryPolicyResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.RouteResource.Forward;
import io.weft.sidecar.resource.RouteResource.Match;
import io.weft.sidecar.resource.RouteResource.Target;
import io.weft.sidecar.testing.RawBackend;
import io.weft.sidecar.testing.RawClient;
import io.weft.sidecar.testing.TestEngine;
import io.weft.sidecar.tls.TlsContexts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An engine that stops while it is asked: whoever keeps to what it says loses nothing. */
class LameDuckIT {
    private static final String CLIENT = "spiffe://cluster.local/ns/default/sa/productpage";
    private static final String SERVER = "spiffe://cluster.local/ns/default/sa/reviews";
    private static final String GET = "GET / HTTP/1.1\r\nHost: reviews:9080\r\n\r\n";
    private static final int CLIENTS = 8;
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final TestCa ca = new TestCa();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final AtomicInteger answers = new AtomicInteger();
    private TestEngine caller;
    private TestEngine first;
    private TestEngine second;
    private RawBackend app;
    private volatile boolean over;

    @BeforeEach
    void start() throws Exception {
        caller = new TestEngine(new TlsContexts(IdentitySource.fixed(ca.svid(CLIENT))));
        first = new TestEngine(new TlsContexts(IdentitySource.fixed(ca.svid(SERVER))));
        second = new TestEngine(new TlsContexts(IdentitySource.fixed(ca.svid(SERVER))));
        app = RawBackend.text("reviews");
        first.cluster("inbound|9080||", app.port());
        second.cluster("inbound|9080||", app.port());
    }

    @AfterEach
    void stop() throws Exception {
        over = true;
        threads.shutdownNow();
        caller.close();
        first.close();
        second.close();
        app.close();
    }

    /** Clients with connections that they keep, and with one for each request. */
    private List<Future<?>> load(IntSupplier port) {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            boolean keeps = i % 2 == 0;
            running.add(threads.submit(() -> ask(port, keeps)));
        }
        return running;
    }

    private void ask(IntSupplier port, boolean keeps) {
        @Nullable RawClient kept = null;
        while (!over) {
            try {
                RawClient client = kept != null ? kept : new RawClient(port.getAsInt());
                kept = null;
                RawClient.Response answer = client.send(GET).read();
                if (answer.status() == 200) {
                    answers.incrementAndGet();
                } else {
                    failures.add(answer.head() + answer.body());
                }
                if (keeps && !"close".equals(answer.header("connection"))) {
                    kept = client;
                } else {
                    client.close();
                }
            } catch (IOException e) {
                failures.add(e.toString());
            }
        }
    }

    private void more(int count) {
        int before = answers.get();
        await().until(() -> answers.get() >= before + count || !failures.isEmpty());
        assertNoneFailed();
    }

    private void assertNoneFailed() {
        assertThat(failures)
                .as(() -> "the caller's log: " + caller.log().stream().filter(seen -> seen.status() != 200).limit(5).toList())
                .isEmpty();
    }

    private void end(List<Future<?>> load) throws Exception {
        over = true;
        for (Future<?> each : load) {
            each.get(10, TimeUnit.SECONDS);
        }
        assertNoneFailed();
    }

    @Test
    void clientsAreServedUntilTheyHaveGone_keptConnectionsAndNewOnes() throws Exception {
        int old = first.listen(RouteResource.of("r", Match.prefix("/"), Forward.to("inbound|9080||")));
        int next = second.listen(RouteResource.of("r", Match.prefix("/"), Forward.to("inbound|9080||")));
        int[] port = {old};
        List<Future<?>> load = load(() -> port[0]);
        more(200);
        first.engine().startDraining();
        more(200);
        port[0] = next;
        await().until(() -> first.engine().connections() == 0);
        first.engine().shutdown(GRACE);
        more(200);
        end(load);
    }

    /** {@code told}: the caller hears of it, later than the callee begins; else only the callee's own signs tell. */
    @ParameterizedTest
    @CsvSource({"HTTP1, true", "HTTP2, true", "HTTP1, false", "HTTP2, false"})
    void aCallerLosesNothing_overMutualTls(MutualTlsIT.Hop hop, boolean told) throws Exception {
        int one = MeshPeers.inbound(first, false);
        int other = MeshPeers.inbound(second, false);
        caller.cluster(MeshPeers.cluster(hop.protocol, SERVER, one, other));
        // what mesh-pilot gives every route
        RetryPolicyResource usual = new RetryPolicyResource(
                Set.of("connect-failure", "refused-stream"), 2, Duration.ZERO, Set.of(), List.of(), true, 5, Duration.ofMillis(25), Duration.ofMillis(250));
        int port = caller.listen(RouteResource.of("r", Match.prefix("/"), Forward.to(new Target.Cluster("reviews"), null, usual)));
        List<Future<?>> load = load(() -> port);
        more(300);
        first.engine().startDraining();
        more(300);
        if (told) {
            caller.cluster(MeshPeers.cluster(hop.protocol, SERVER, other));
            await().until(() -> first.engine().connections() == 0);
        }
        first.engine().shutdown(GRACE);
        more(300);
        end(load);
        assertThat(first.log()).isNotEmpty();
        assertThat(second.log()).isNotEmpty();
    }

    @Test
    void aConnectionWhoseLastAnswerDidNotSayCloseHasTimeForOneThatDoes() throws Exception {
        RawBackend slow = new RawBackend((head, in, out) -> {
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n".getBytes());
            out.flush();
            in.skipNBytes(head.contains("/held") ? 1 : 0);
            out.write("ok".getBytes());
            return true;
        });
        try (slow) {
            first.cluster("slow", slow.port());
            int port = first.listen(RouteResource.of("r", Match.prefix("/"), Forward.to("slow")));
            try (RawClient client = new RawClient(port)) {
                client.send("POST /held HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n");
                await().until(() -> first.engine().active() == 1 && !slow.heads().isEmpty());
                assertThat(client.bytes(15)).isEqualTo("HTTP/1.1 200 OK");
                first.engine().startDraining();
                Future<?> stopping = threads.submit(() -> first.engine().shutdown(GRACE));
                client.send("x");
                RawClient.Response last = afterRest(client);
                assertThat(last.header("connection")).isEqualTo("close");
                assertThat(client.closed()).isTrue();
                stopping.get(10, TimeUnit.SECONDS);
            }
        }
    }

    /** Reads what is left of an answer, then asks again. */
    private static RawClient.Response afterRest(RawClient client) throws IOException {
        StringBuilder rest = new StringBuilder();
        while (!rest.toString().endsWith("ok")) {
            rest.append(client.bytes(1));
        }
        return client.send("GET /next HTTP/1.1\r\nHost: x\r\n\r\n").read();
    }
}
