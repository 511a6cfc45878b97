package io.weft.sidecar.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.sidecar.http.RequestLog;
import io.weft.sidecar.observe.accesslog.AccessLog;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.resource.AccessLogResource;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.resource.NetAddress;
import io.weft.sidecar.resource.NetworkFilterResource;
import io.weft.sidecar.resource.ResourceException;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.VirtualHostResource;
import io.weft.sidecar.tcp.TcpLog;
import io.weft.sidecar.testing.FreePort;
import io.weft.sidecar.testing.RawClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.netty.resources.LoopResources;

/** A listener that is said anew while connections are open. */
class ListenerChangeIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    private final LoopResources loops = LoopResources.create("test-engine", 1, true);
    private final List<String> logged = new CopyOnWriteArrayList<>();
    private final MeshEngine engine = new MeshEngine(new EngineOptions(
            loops,
            null,
            new EngineMetrics(),
            List.of(),
            access -> new AccessLog() {
                @Override
                public void onEnd(RequestLog request) {
                    logged.add(access.path());
                }

                @Override
                public void onEnd(TcpLog connection) {
                    throw new AssertionError("no TCP here");
                }
            },
            new TcpListenerBinder(loops),
            (resource, clusters, report) -> {
                throw new ResourceException("no TCP here");
            },
            1000));

    @AfterEach
    void stop() {
        engine.close();
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block();
    }

    private static HttpManagerResource answering(int status, String accessLog) {
        RouteConfigResource table = RouteConfigResource.of(
                "t",
                List.of(VirtualHostResource.of(
                        "all",
                        List.of("*"),
                        List.of(RouteResource.of("r", RouteResource.Match.prefix("/"), new RouteResource.DirectResponse(status, "x"))))));
        HttpManagerResource m = HttpManagerResource.of("t", table, null, List.of());
        return new HttpManagerResource(
                m.statPrefix(), m.codec(), m.routeConfig(), null, m.filters(), m.pathNormalization(), m.forwardClientCert(),
                m.forwardClientCertDetails(), false, 0, false, true, false, m.serverHeader(), "weft", m.underscoreHeaders(),
                m.requestTimeout(), m.requestHeadersTimeout(), m.streamIdleTimeout(), m.idleTimeout(), m.maxConnectionDuration(),
                m.maxStreamDuration(), 0, m.drainTimeout(), 0, 0, m.upgradeTypes(), false, false, m.http2(),
                List.of(AccessLogResource.lines(AccessLogResource.Sink.FILE, accessLog, null, Map.of())));
    }

    private static ListenerResource.FilterChain chain(String name, NetworkFilterResource... filters) {
        return new ListenerResource.FilterChain(name, ListenerResource.FilterChainMatch.ANY, null, List.of(filters));
    }

    private List<Rejection> say(ListenerResource.FilterChain... chains) {
        return say("127.0.0.1", 0, chains);
    }

    private List<Rejection> say(String host, int port, ListenerResource.FilterChain... chains) {
        return engine.applyListeners(
                List.of(new ListenerResource(
                        "l", new NetAddress(host, port), ListenerResource.Direction.OUTBOUND, false, false, false, Duration.ZERO, false,
                        List.of(chains), null, 0, List.of())),
                List.of());
    }

    private RawClient connect() throws Exception {
        return new RawClient(engine.listeners().get("l").getPort());
    }

    @Test
    void anotherAccessLogIsWrittenFromTheNextRequestOn() throws Exception {
        assertThat(say(chain("http", answering(200, "first")))).isEmpty();
        try (RawClient client = connect()) {
            client.send(GET).read();
            await().until(() -> logged.size() == 1);
            assertThat(say(chain("http", answering(200, "second")))).isEmpty();
            client.send(GET).read();
            await().until(() -> logged.size() == 2);
            assertThat(logged).containsExactly("first", "second");
        }
    }

    @Test
    void aListenerThatDoesNotCompileChangesNothing_notEvenTheChainsBeforeTheMistake() throws Exception {
        assertThat(say(chain("http", answering(200, "first")))).isEmpty();
        try (RawClient client = connect()) {
            assertThat(say(chain("http", answering(418, "second")), chain("broken"))).hasSize(1);
            assertThat(client.send(GET).read().status()).isEqualTo(200);
            assertThat(logged).containsExactly("first");
        }
    }

    @Test
    void aListenerThatCannotMove_staysWhereItIs() throws Exception {
        assertThat(say(chain("http", answering(200, "first")))).isEmpty();
        try (RawClient client = connect();
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            client.send(GET).read();
            assertThat(say("127.0.0.1", taken.getLocalPort(), chain("http", answering(418, "second")))).hasSize(1);
            assertThat(client.send(GET).read().header("connection")).isNull();
            try (RawClient another = connect()) {
                assertThat(another.send(GET).read().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void aListenerMovesToAllAddresses_andBackWhenItMayNot() throws Exception {
        int port = FreePort.next();
        assertThat(say("127.0.0.1", port, chain("http", answering(200, "first")))).isEmpty();
        try (ServerSocket neighbour = new ServerSocket()) {
            neighbour.bind(new InetSocketAddress("127.0.0.2", port));
            assertThat(say("0.0.0.0", port, chain("http", answering(418, "second")))).hasSize(1);
        }
        try (RawClient client = connect()) {
            assertThat(client.send(GET).read().status()).isEqualTo(200);
        }
        assertThat(say("0.0.0.0", port, chain("http", answering(418, "second")))).isEmpty();
        try (RawClient client = connect()) {
            assertThat(client.send(GET).read().status()).isEqualTo(418);
        }
    }

    @Test
    void connectionsOfAChainThatIsGoneEndWithTheirNextAnswer() throws Exception {
        assertThat(say(chain("http", answering(200, "first")))).isEmpty();
        try (RawClient client = connect()) {
            assertThat(client.send(GET).read().header("connection")).isNull();
            assertThat(say(chain("other", answering(418, "second")))).isEmpty();
            assertThat(client.send(GET).read().header("connection")).isEqualTo("close");
            assertThat(client.closed()).isTrue();
        }
        try (RawClient client = connect()) {
            assertThat(client.send(GET).read().status()).isEqualTo(418);
        }
    }

    @Test
    void shutdownReturnsAsSoonAsTheLastConnectionIsGone() throws Exception {
        assertThat(say(chain("http", answering(200, "first")))).isEmpty();
        try (RawClient client = connect()) {
            client.send(GET).read();
            assertThat(engine.connections()).isEqualTo(1);
            long start = System.nanoTime();
            engine.shutdown(Duration.ofSeconds(30));
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(20));
            assertThat(client.closed()).isTrue();
            assertThat(engine.connections()).isZero();
        }
    }
}
