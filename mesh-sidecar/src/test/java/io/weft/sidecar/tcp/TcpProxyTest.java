package io.weft.sidecar.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.weft.sidecar.cluster.ClusterEnvironment;
import io.weft.sidecar.cluster.Clusters;
import io.weft.sidecar.cluster.dns.NameResolver;
import io.weft.sidecar.http.h2.Http2UpstreamCodec;
import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.TestCa;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.MetricKey;
import io.weft.sidecar.observe.peer.PeerExchange;
import io.weft.sidecar.observe.peer.PeerNames;
import io.weft.sidecar.observe.peer.SelfHeaders;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.StringMatch;
import io.weft.sidecar.resource.TcpProxyResource;
import io.weft.sidecar.resource.TcpProxyResource.WeightedCluster;
import io.weft.sidecar.resource.TlsCommon;
import io.weft.sidecar.resource.UpstreamTlsResource;
import io.weft.sidecar.resource.Workload;
import io.weft.sidecar.secret.SecretStore;
import io.weft.sidecar.secret.TlsBinder;
import io.weft.sidecar.testing.SocketServer;
import io.weft.sidecar.tls.PeerIdentity;
import io.weft.sidecar.tls.TlsContext;
import io.weft.sidecar.tls.TlsContexts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {

    private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EngineMetrics metrics = new EngineMetrics();
    private final NameResolver names = new NameResolver(loops);
    private final Clusters clusters = new Clusters(new ClusterEnvironment(new Http2UpstreamCodec(), new Http2UpstreamCodec(),
            new TlsBinder(null, new SecretStore()), metrics, loops, names, address -> false, new PeerExchange(new SelfHeaders(), new PeerNames(metrics), metrics)));
    private final List<TcpLog> logs = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        clusters.close();
        names.close();
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    @Test
    void bytesPassBothWays_andTheEndOfOneDirectionLeavesTheOther() throws Exception {
        int backend = backend(socket -> {
            byte[] all = socket.getInputStream().readAllBytes();
            socket.getOutputStream().write(("got " + all.length + " " + Arrays.hashCode(all)).getBytes(StandardCharsets.US_ASCII));
            socket.close();
        });
        cluster("b", backend);
        byte[] sent = new byte[3_000_000];
        new Random(1).nextBytes(sent);
        try (Socket client = SocketServer.connect(proxy(Duration.ZERO, 1, one("b")))) {
            client.getOutputStream().write(sent);
            client.shutdownOutput();
            String answer = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).isEqualTo("got 3000000 " + Arrays.hashCode(sent));
        }
        await().until(() -> logs.size() == 1);
        assertThat(logs.get(0).received()).isEqualTo(3_000_000);
        assertThat(logs.get(0).clusterName()).isEqualTo("b");
        assertThat(logs.get(0).flags()).isEqualTo("-");
        assertThat(metrics.counter(MetricKey.of("envoy_tcp_downstream_cx_rx_bytes_total", "envoy_tcp_prefix", "t")).value()).isEqualTo(3_000_000);
        await().until(() -> metrics.gauge(MetricKey.of("envoy_tcp_downstream_cx_active", "envoy_tcp_prefix", "t")).value() == 0);
        assertThat(clusters.get("b").breakers().activeConnections()).isZero();
    }

    @Test
    void aServerThatSpeaksFirstIsHeard() throws Exception {
        cluster("b", backend(socket -> {
            socket.getOutputStream().write("220 hello\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            socket.close();
        }));
        try (Socket client = SocketServer.connect(proxy(Duration.ZERO, 1, one("b")))) {
            assertThat(client.getInputStream().readNBytes(11)).asString(StandardCharsets.US_ASCII).isEqualTo("220 hello\r\n");
        }
    }

    @Test
    void aReaderThatStopsStopsTheWriter() throws Exception {
        AtomicLong written = new AtomicLong();
        cluster("b", backend(socket -> {
            byte[] block = new byte[64 * 1024];
            for (int i = 0; i < 4096; i++) {
                socket.getOutputStream().write(block);
                written.addAndGet(block.length);
            }
            socket.close();
        }));
        try (Socket client = SocketServer.connect(proxy(Duration.ZERO, 1, one("b")))) {
            client.getInputStream().read();
            AtomicLong before = new AtomicLong(-1);
            await().atMost(20, TimeUnit.SECONDS).pollInterval(Duration.ofMillis(300)).until(() -> before.getAndSet(written.get()) == written.get());
            assertThat(written.get()).as("bytes taken from a server whose client does not read").isLessThan(64L << 20);
            assertThat(client.getInputStream().readAllBytes().length + 1).isEqualTo(4096 * 64 * 1024);
        }
    }

    @Test
    void anIdleConnectionIsClosed_andOneThatIsNotIsLeft() throws Exception {
        cluster("b", backend(SocketServer::echo));
        try (Socket client = SocketServer.connect(proxy(Duration.ofMillis(400), 1, one("b")))) {
            for (int i = 0; i < 12; i++) {
                client.getOutputStream().write(i);
                assertThat(client.getInputStream().read()).isEqualTo(i);
                await().pollDelay(Duration.ofMillis(60)).until(() -> true);
            }
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        await().until(() -> logs.size() == 1);
        assertThat(logs.get(0).flags()).isEqualTo("SI");
    }

    @Test
    void noCluster_noEndpoint_noServer_andTooManyConnectionsEndTheConnectionEachWithItsFlag() throws Exception {
        assertThat(connectAndRead(proxy(Duration.ZERO, 1, one("missing")))).isEqualTo(-1);
        clusters.put(ClusterResource.of("empty", ClusterResource.Type.STATIC, EndpointsResource.of("empty", List.of())));
        assertThat(connectAndRead(proxy(Duration.ZERO, 1, one("empty")))).isEqualTo(-1);
        cluster("gone", unusedPort());
        assertThat(connectAndRead(proxy(Duration.ZERO, 2, one("gone")))).isEqualTo(-1);
        clusters.put(ClusterResource.of("full", ClusterResource.Type.STATIC, endpoints("full", backend(SocketServer::echo)))
                .withCircuitBreakers(new ClusterResource.CircuitBreakers(0, 0, 0, 0, null, 0)));
        assertThat(connectAndRead(proxy(Duration.ZERO, 1, one("full")))).isEqualTo(-1);
        await().until(() -> logs.size() == 4);
        assertThat(logs).extracting(TcpLog::flags).containsExactly("NC", "UH", "UF,URX", "UO");
        assertThat(metrics.counter(MetricKey.of("envoy_cluster_upstream_cx_connect_fail", "envoy_cluster_name", "gone")).value()).isEqualTo(2);
        assertThat(clusters.get("gone").breakers().activeConnections()).isZero();
    }

    @Test
    void anotherEndpointIsTriedWhenOneDoesNotAnswer() throws Exception {
        clusters.put(ClusterResource.of("two", ClusterResource.Type.STATIC, endpoints("two", unusedPort(), backend(SocketServer::echo))));
        int port = proxy(Duration.ZERO, 3, one("two"));
        for (int i = 0; i < 4; i++) {
            try (Socket client = SocketServer.connect(port)) {
                client.getOutputStream().write(7);
                assertThat(client.getInputStream().read()).isEqualTo(7);
            }
        }
    }

    @Test
    void clustersAreChosenByWeight() throws Exception {
        cluster("a", backend(socket -> answer(socket, 'a')));
        cluster("b", backend(socket -> answer(socket, 'b')));
        int port = proxy(Duration.ZERO, 1, new WeightedCluster("a", 75), new WeightedCluster("b", 25));
        int a = 0;
        for (int i = 0; i < 200; i++) {
            a += connectAndRead(port) == 'a' ? 1 : 0;
        }
        assertThat(a).isBetween(126, 174);
    }

    @Test
    void aResetOfTheClientReachesTheServer() throws Exception {
        AtomicLong ended = new AtomicLong();
        cluster("b", backend(socket -> {
            try {
                SocketServer.echo(socket);
            } catch (IOException e) {
                ended.incrementAndGet();
                return;
            }
            ended.incrementAndGet();
        }));
        Socket client = SocketServer.connect(proxy(Duration.ZERO, 1, one("b")));
        client.getOutputStream().write(1);
        assertThat(client.getInputStream().read()).isEqualTo(1);
        client.setSoLinger(true, 0);
        client.close();
        await().until(() -> ended.get() == 1);
    }

    @Test
    void mutualTlsTowardsTheEndpoint_aHalfClosedClientStillGetsItsAnswer() throws Exception {
        TestCa ca = new TestCa();
        String server = "spiffe://cluster.local/ns/default/sa/server";
        String client = "spiffe://cluster.local/ns/default/sa/client";
        List<String> callers = new CopyOnWriteArrayList<>();
        AtomicLong ends = new AtomicLong();
        cluster("plain", backend(socket -> {
            int n = socket.getInputStream().readNBytes(200_000).length;
            socket.getOutputStream().write(("got " + n).getBytes(StandardCharsets.US_ASCII));
            ends.addAndGet(socket.getInputStream().read() < 0 ? 1 : 0);
            socket.close();
        }));
        try (TlsContexts serverTls = new TlsContexts(IdentitySource.fixed(ca.svid(server)));
                TlsContexts clientTls = new TlsContexts(IdentitySource.fixed(ca.svid(client)));
                TlsContext inbound = serverTls.inbound(ClientAuth.REQUIRE, List.of("istio"));
                Clusters secured = new Clusters(new ClusterEnvironment(new Http2UpstreamCodec(), new Http2UpstreamCodec(),
                        new TlsBinder(clientTls, new SecretStore()), metrics, loops, names, address -> false, new PeerExchange(new SelfHeaders(), new PeerNames(metrics), metrics)))) {
            TcpProxy behindTls = proxyOf(clusters, Duration.ZERO, 1, one("plain"));
            int tlsPort = serve(channel -> {
                channel.config().setAutoRead(true);
                inbound.addFirst(channel.pipeline());
                channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void userEventTriggered(ChannelHandlerContext ctx, Object evt) {
                        if (evt instanceof SslHandshakeCompletionEvent done && done.isSuccess()) {
                            callers.add(String.valueOf(PeerIdentity.of(channel).uri()));
                            behindTls.install(channel, (InetSocketAddress) channel.remoteAddress(), "");
                            ctx.pipeline().remove(this);
                        }
                    }
                });
            });
            for (String expected : List.of(server, "spiffe://cluster.local/ns/default/sa/other")) {
                secured.put(ClusterResource.of(expected, ClusterResource.Type.STATIC, endpoints(expected, tlsPort)).withTls(upstreamTls(expected), List.of()));
            }
            int port = serve(proxyOf(secured, Duration.ZERO, 1, one(server)));
            try (Socket socket = SocketServer.connect(port)) {
                socket.getOutputStream().write(new byte[200_000]);
                socket.shutdownOutput();
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)).isEqualTo("got 200000");
            }
            assertThat(callers).containsExactly(client);
            await().until(() -> ends.get() == 1);
            SocketServer.connect(port).close();
            await().until(() -> ends.get() == 2);
            assertThat(connectAndRead(serve(proxyOf(secured, Duration.ZERO, 1, one("spiffe://cluster.local/ns/default/sa/other")))))
                    .as("a server that is somebody else").isEqualTo(-1);
            await().until(() -> logs.stream().anyMatch(log -> log.flags().equals("UF,URX")));
        }
    }

    private static UpstreamTlsResource upstreamTls(String san) {
        TlsCommon.SanMatch exact = new TlsCommon.SanMatch(TlsCommon.SanMatch.Type.URI, new StringMatch(StringMatch.Kind.EXACT, san, false));
        return new UpstreamTlsResource(new TlsCommon(List.of("istio"), new TlsCommon.SecretRef("default", true, false),
                new TlsCommon.Validation(new TlsCommon.SecretRef("ROOTCA", true, false), List.of(exact), false), "TLSv1.2", "TLSv1.3", List.of(), List.of()),
                "outbound_.1_._x", false, false);
    }

    private static void answer(Socket socket, char c) throws IOException {
        socket.getOutputStream().write(c);
    }

    private int backend(SocketServer.Talk talk) throws IOException {
        SocketServer server = SocketServer.start(talk);
        open.add(server);
        return server.port();
    }

    private static int unusedPort() throws IOException {
        try (ServerSocket server = new ServerSocket(0)) {
            return server.getLocalPort();
        }
    }

    private static EndpointsResource endpoints(String name, int... ports) {
        return EndpointsResource.of(name, Arrays.stream(ports).mapToObj(p -> EndpointsResource.Endpoint.of("127.0.0.1", p)).toList());
    }

    private void cluster(String name, int port) {
        clusters.put(ClusterResource.of(name, ClusterResource.Type.STATIC, endpoints(name, port)));
    }

    private static WeightedCluster one(String name) {
        return new WeightedCluster(name, 1);
    }

    private int proxy(Duration idle, int attempts, WeightedCluster... weighted) {
        return serve(proxyOf(clusters, idle, attempts, weighted));
    }

    private TcpProxy proxyOf(Clusters known, Duration idle, int attempts, WeightedCluster... weighted) {
        return new TcpProxy(new TcpProxyResource("t", List.of(weighted), idle, attempts, false, List.of()), known::ref, metrics,
                new TcpReport(new TcpMetrics(metrics, false, () -> Workload.UNKNOWN, Set.of()), List.of(logs::add), null));
    }

    private int serve(TcpProxy proxy) {
        return serve(channel -> proxy.install(channel, (InetSocketAddress) channel.remoteAddress(), ""));
    }

    private int serve(Consumer<Channel> pipeline) {
        Channel server = new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        pipeline.accept(channel);
                    }
                })
                .bind("127.0.0.1", 0)
                .syncUninterruptibly()
                .channel();
        open.add(() -> server.close().sync());
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    private static int connectAndRead(int port) throws IOException {
        try (Socket client = SocketServer.connect(port); InputStream in = client.getInputStream()) {
            return in.read();
        }
    }
}
