package io.weft.sidecar.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.protobuf.StringValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.TestCa;
import io.weft.sidecar.observe.metrics.MetricKey;
import io.weft.sidecar.observe.prometheus.PrometheusText;
import io.weft.sidecar.resource.AccessLogResource;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.DownstreamTlsResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.ListenerResource.Direction;
import io.weft.sidecar.resource.ListenerResource.FilterChain;
import io.weft.sidecar.resource.ListenerResource.FilterChainMatch;
import io.weft.sidecar.resource.LocalNodeParser;
import io.weft.sidecar.resource.MetadataExchangeResource;
import io.weft.sidecar.resource.NetAddress;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.RouteResource.Forward;
import io.weft.sidecar.resource.RouteResource.Match;
import io.weft.sidecar.resource.StringMatch;
import io.weft.sidecar.resource.TcpProxyResource;
import io.weft.sidecar.resource.TlsCommon.SanMatch;
import io.weft.sidecar.resource.UpstreamTlsResource;
import io.weft.sidecar.resource.Workload;
import io.weft.sidecar.testing.Collector;
import io.weft.sidecar.testing.MeshTls;
import io.weft.sidecar.testing.RawClient;
import io.weft.sidecar.testing.Samples;
import io.weft.sidecar.testing.SocketServer;
import io.weft.sidecar.testing.TestEngine;
import io.weft.sidecar.tls.TlsContexts;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two sidecars say who they are before the bytes of a connection; and what strangers can do to one. */
class PeerExchangeIT {
    private static final String CLIENT = "spiffe://cluster.local/ns/default/sa/productpage";
    private static final String SERVER = "spiffe://cluster.local/ns/prod/sa/mysql";
    private static final String OUT = "outbound|3306||mysql.prod.svc.cluster.local";
    private static final String IN = "inbound|3306||";
    private static final String COLLECTOR = "collector";
    private static final int MAGIC = 0x3D230467;
    private static final List<String> ALPN = List.of("istio-peer-exchange", "istio");
    private static final Workload MYSQL = new Workload("mysql-v1", "prod", "mysql", "v1", "mysql", "v1", "Kubernetes");
    private static final ClusterResource.Service SERVICE = new ClusterResource.Service("mysql.prod.svc.cluster.local", "mysql", "prod");

    private final TestCa ca = new TestCa();
    private final List<AutoCloseable> open = new ArrayList<>();
    private TestEngine client;
    private TestEngine server;
    private Collector collector;

    @BeforeEach
    void start() throws Exception {
        client = engine(CLIENT, "productpage-v1", "default", "productpage");
        server = engine(SERVER, "mysql-v1", "prod", "mysql");
        collector = new Collector();
        for (TestEngine engine : List.of(client, server)) {
            engine.cluster(collector.cluster(COLLECTOR));
        }
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        collector.close();
        for (AutoCloseable each : open) {
            each.close();
        }
    }

    private TestEngine engine(String id, String workload, String namespace, String app) {
        TestEngine engine = new TestEngine(new TlsContexts(IdentitySource.fixed(ca.svid(id))));
        engine.engine().introduce(LocalNodeParser.parse(Samples.node(workload, namespace, app)));
        return engine;
    }

    private static Struct metadata(String workload, String namespace) {
        return Struct.newBuilder()
                .putFields("NAME", text(workload))
                .putFields("WORKLOAD_NAME", text(workload))
                .putFields("NAMESPACE", text(namespace))
                .build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static TcpProxyResource bytes(String name, String cluster) {
        AccessLogResource log = new AccessLogResource(
                new AccessLogResource.Stream(COLLECTOR, COLLECTOR, "weft", 16384, Duration.ofMillis(50), List.of(), List.of()), null);
        return new TcpProxyResource(name, List.of(new TcpProxyResource.WeightedCluster(cluster, 1)), Duration.ZERO, 1, false, List.of(log));
    }

    private int inbound(int app) {
        server.cluster(ClusterResource.of(IN, ClusterResource.Type.STATIC, TestEngine.endpoints(IN, app)).withService(SERVICE));
        server.listener("tcp", Direction.INBOUND, new FilterChain(
                "mtls", FilterChainMatch.ANY, new DownstreamTlsResource(MeshTls.common(ALPN, List.of()), true, false),
                List.of(new MetadataExchangeResource(), bytes("in", IN))));
        return server.engine().listeners().get("tcp").getPort();
    }

    /** @param said what the control plane says of the endpoint */
    private void cluster(int inbound, List<String> alpn, Workload said) {
        UpstreamTlsResource tls = new UpstreamTlsResource(
                MeshTls.common(alpn, List.of(new SanMatch(SanMatch.Type.URI, StringMatch.exact(SERVER)))), "mysql.prod.svc.cluster.local", false, false);
        EndpointsResource.Endpoint endpoint = new EndpointsResource.Endpoint(
                new NetAddress("127.0.0.1", inbound), "", 1, EndpointsResource.Health.HEALTHY, Map.of("tlsMode", "istio"), said, 0);
        client.cluster(ClusterResource.of(OUT, ClusterResource.Type.STATIC, EndpointsResource.of(OUT, List.of(endpoint)))
                .withService(SERVICE)
                .withTls(null, List.of(new ClusterResource.TransportMatch("tlsMode-istio", Map.of("tlsMode", "istio"), tls)))
                .exchangingMetadata());
    }

    private int outbound() {
        client.listener("tcp", Direction.OUTBOUND, new FilterChain("tcp", FilterChainMatch.ANY, null, List.of(bytes("out", OUT))));
        return client.engine().listeners().get("tcp").getPort();
    }

    private int both(int app) {
        cluster(inbound(app), ALPN, MYSQL);
        return outbound();
    }

    private static long exchange(TestEngine engine, String name) {
        return engine.metrics().counter(MetricKey.of("envoy_metadata_exchange_" + name)).value();
    }

    private static String labels(String source, String security) {
        return source + "destination_workload=\"mysql-v1\",destination_workload_namespace=\"prod\",destination_principal=\"" + SERVER
                + "\",destination_app=\"mysql\",destination_version=\"v1\",destination_service=\"mysql.prod.svc.cluster.local\","
                + "destination_service_name=\"mysql\",destination_service_namespace=\"prod\",destination_canonical_service=\"mysql\","
                + "destination_canonical_revision=\"v1\",destination_cluster=\"Kubernetes\",request_protocol=\"tcp\",response_flags=\"-\","
                + "connection_security_policy=\"" + security + "\"}";
    }

    private static String productpage() {
        return "source_workload=\"productpage-v1\",source_workload_namespace=\"default\",source_principal=\"" + CLIENT
                + "\",source_app=\"productpage\",source_version=\"v1\",source_canonical_service=\"productpage\","
                + "source_canonical_revision=\"v1\",source_cluster=\"Kubernetes\",";
    }

    private static String nobody() {
        return "source_workload=\"unknown\",source_workload_namespace=\"unknown\",source_principal=\"" + CLIENT
                + "\",source_app=\"unknown\",source_version=\"unknown\",source_canonical_service=\"unknown\","
                + "source_canonical_revision=\"unknown\",source_cluster=\"unknown\",";
    }

    private static String text(TestEngine engine) {
        return new PrometheusText().engine(engine.metrics()).toString();
    }

    @Test
    void bothSidesReportWhoTalksToWhom_alsoOfBytes() throws Exception {
        int port = both(app(SocketServer::echo));
        try (Socket socket = SocketServer.connect(port)) {
            socket.getOutputStream().write(new byte[500]);
            assertThat(socket.getInputStream().readNBytes(500)).hasSize(500);
            String here = "istio_tcp_connections_opened_total{reporter=\"source\"," + labels(productpage(), "unknown") + " 1\n";
            String there = "istio_tcp_connections_opened_total{reporter=\"destination\"," + labels(productpage(), "mutual_tls") + " 1\n";
            assertThat(text(client)).contains(here);
            assertThat(text(server)).contains(there);
        }
        for (TestEngine engine : List.of(client, server)) {
            boolean source = engine == client;
            String of = "{reporter=\"" + (source ? "source\"," : "destination\",") + labels(productpage(), source ? "unknown" : "mutual_tls");
            await().untilAsserted(() -> assertThat(text(engine))
                    .contains("istio_tcp_connections_closed_total" + of + " 1\n")
                    .contains("istio_tcp_received_bytes_total" + of + " 500\n")
                    .contains("istio_tcp_sent_bytes_total" + of + " 500\n"));
            assertThat(exchange(engine, "alpn_protocol_found")).isEqualTo(1);
            assertThat(exchange(engine, "metadata_added")).isEqualTo(1);
            assertThat(exchange(engine, "alpn_protocol_not_found")).isZero();
        }
        await().until(() -> collector.connections().size() == 2);
        assertThat(collector.connections()).allSatisfy(entry -> assertThat(entry.getConnectionProperties().getReceivedBytes()).isEqualTo(500));
        assertThat(collector.connections())
                .extracting(TCPAccessLogEntry::getCommonProperties)
                .filteredOn(log -> log.getUpstreamCluster().equals(IN))
                .singleElement()
                .extracting(log -> log.getTlsProperties().getPeerCertificateProperties().getSubjectAltName(0).getUri())
                .isEqualTo(CLIENT);
    }

    @Test
    void whoTheControlPlaneDoesNotNameSaysItItself() throws Exception {
        cluster(inbound(app(SocketServer::echo)), ALPN, Workload.UNKNOWN);
        try (Socket socket = SocketServer.connect(outbound())) {
            socket.getOutputStream().write(7);
            assertThat(socket.getInputStream().read()).isEqualTo(7);
            assertThat(text(client)).contains("istio_tcp_connections_opened_total{reporter=\"source\"," + labels(productpage(), "unknown") + " 1\n");
        }
    }

    @Test
    void aPeerThatDoesNotAgreeIsServedAsEver() throws Exception {
        cluster(inbound(app(SocketServer::echo)), List.of("istio"), MYSQL);
        try (Socket socket = SocketServer.connect(outbound())) {
            socket.getOutputStream().write(7);
            assertThat(socket.getInputStream().read()).isEqualTo(7);
            assertThat(text(server)).contains("istio_tcp_connections_opened_total{reporter=\"destination\"," + labels(nobody(), "mutual_tls") + " 1\n");
        }
        assertThat(exchange(server, "alpn_protocol_not_found")).isEqualTo(1);
        assertThat(exchange(client, "alpn_protocol_not_found")).isEqualTo(1);
        assertThat(exchange(server, "metadata_added") + exchange(client, "metadata_added")).isZero();
    }

    @Test
    void aServerThatSpeaksFirstIsHeard() throws Exception {
        int port = both(app(socket -> {
            socket.getOutputStream().write("5.7.1-mysql\n".getBytes(StandardCharsets.US_ASCII));
            SocketServer.echo(socket);
        }));
        try (Socket socket = SocketServer.connect(port)) {
            assertThat(socket.getInputStream().readNBytes(12)).asString(StandardCharsets.US_ASCII).isEqualTo("5.7.1-mysql\n");
            assertThat(text(server)).contains("istio_tcp_connections_opened_total{reporter=\"destination\"," + labels(productpage(), "mutual_tls") + " 1\n");
        }
    }

    @Test
    void aHalfClosedClientStillGetsItsAnswer() throws Exception {
        int port = both(app(socket -> {
            int all = socket.getInputStream().readNBytes(300_000).length;
            socket.getOutputStream().write(("got " + all).getBytes(StandardCharsets.US_ASCII));
            socket.close();
        }));
        try (Socket socket = SocketServer.connect(port)) {
            socket.getOutputStream().write(new byte[300_000]);
            socket.shutdownOutput();
            assertThat(socket.getInputStream().readAllBytes()).asString(StandardCharsets.US_ASCII).isEqualTo("got 300000");
        }
    }

    /** A VirtualService may send requests to a port of bytes: the other side does not know that they are requests. */
    @Test
    void requestsToAPortOfBytesBeginWithItToo() throws Exception {
        cluster(inbound(app(socket -> {
            InputStream in = socket.getInputStream();
            assertThat(in.read()).isEqualTo('G');
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII));
            in.transferTo(java.io.OutputStream.nullOutputStream());
        })), ALPN, MYSQL);
        try (RawClient raw = new RawClient(client.listen(RouteResource.of("r", Match.prefix("/"), Forward.to(OUT))))) {
            assertThat(raw.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").read().body()).isEqualTo("ok");
        }
        assertThat(text(server)).contains("istio_tcp_connections_opened_total{reporter=\"destination\"," + labels(productpage(), "mutual_tls") + " 1\n");
    }

    // strangers, by hand

    private static byte[] frame(int magic, int length, byte[] body) {
        return ByteBuffer.allocate(8 + body.length).putInt(magic).putInt(length).put(body).array();
    }

    private static byte[] frame(byte[] body) {
        return frame(MAGIC, body.length, body);
    }

    private static byte[] said(Struct metadata) {
        return Any.pack(Struct.newBuilder()
                        .putFields("x-envoy-peer-metadata", Value.newBuilder().setStructValue(metadata).build())
                        .putFields("x-envoy-peer-metadata-id", text("sidecar~1.2.3.4~x~y"))
                        .build())
                .toByteArray();
    }

    private SSLContext context(String id) throws GeneralSecurityException, IOException {
        return MeshTls.context(ca.svid(id));
    }

    private SSLSocket stranger(int port) throws Exception {
        SSLSocket socket = (SSLSocket) context(CLIENT).getSocketFactory().createSocket("127.0.0.1", port);
        socket.setSoTimeout(20_000);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"istio-peer-exchange"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        assertThat(socket.getApplicationProtocol()).isEqualTo("istio-peer-exchange");
        return socket;
    }

    private static Struct heard(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        assertThat(data.readInt()).isEqualTo(MAGIC);
        return Any.parseFrom(data.readNBytes(data.readInt())).unpack(Struct.class);
    }

    @Test
    void itIsTheReferencesWire_andWhatComesWithItInOnePacketIsNotLost() throws Exception {
        int port = inbound(app(SocketServer::echo));
        try (SSLSocket socket = stranger(port)) {
            // before we have said anything: a client of a server that speaks first waits
            Struct server = heard(socket.getInputStream());
            assertThat(server.getFieldsOrThrow("x-envoy-peer-metadata-id").getStringValue()).isEqualTo("sidecar~127.0.0.1~mysql-v1.prod~x");
            Struct mysql = server.getFieldsOrThrow("x-envoy-peer-metadata").getStructValue();
            assertThat(mysql.getFieldsOrThrow("WORKLOAD_NAME").getStringValue()).isEqualTo("mysql-v1");
            assertThat(mysql.getFieldsOrThrow("NAMESPACE").getStringValue()).isEqualTo("prod");
            assertThat(mysql.getFieldsOrThrow("LABELS").getStructValue().getFieldsOrThrow("app").getStringValue()).isEqualTo("mysql");
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.write(frame(said(metadata("reviews-v2", "istio-system"))));
            all.write("hello".getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(all.toByteArray());
            assertThat(socket.getInputStream().readNBytes(5)).asString(StandardCharsets.US_ASCII).isEqualTo("hello");
        }
        // the namespace is the certificate's, whatever is said
        assertThat(text(server)).contains("source_workload=\"reviews-v2\",source_workload_namespace=\"default\"").doesNotContain("istio-system");
    }

    @Test
    void itMayComeByteByByte() throws Exception {
        int port = inbound(app(SocketServer::echo));
        try (SSLSocket socket = stranger(port)) {
            heard(socket.getInputStream());
            for (byte each : frame(said(metadata("reviews-v2", "default")))) {
                socket.getOutputStream().write(each);
                socket.getOutputStream().flush();
            }
            socket.getOutputStream().write('x');
            assertThat(socket.getInputStream().read()).isEqualTo('x');
        }
        assertThat(text(server)).contains("source_workload=\"reviews-v2\"");
    }

    @Test
    void whoSaysNothingOfHimselfIsServed() throws Exception {
        int port = inbound(app(SocketServer::echo));
        try (SSLSocket socket = stranger(port)) {
            socket.getOutputStream().write(frame(Any.pack(Struct.getDefaultInstance()).toByteArray()));
            heard(socket.getInputStream());
            socket.getOutputStream().write('x');
            assertThat(socket.getInputStream().read()).isEqualTo('x');
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"request", "short", "long", "negative", "garbage", "type", "half"})
    void whoAgreesAndSendsSomethingElseIsClosed_flaggedAndCounted(String what) throws Exception {
        byte[] metadata = said(metadata("reviews-v2", "default"));
        byte[] sent = switch (what) {
            case "request" -> "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            case "short" -> "bye".getBytes(StandardCharsets.US_ASCII);
            case "long" -> frame(MAGIC, 16 * 1024 + 1, metadata);
            case "negative" -> frame(MAGIC, -1, metadata);
            case "garbage" -> frame(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1});
            case "type" -> frame(Any.pack(StringValue.of("x")).toByteArray());
            default -> frame(MAGIC, 1000, metadata);
        };
        int port = inbound(app(socket -> {
            throw new AssertionError("the application is not bothered");
        }));
        try (SSLSocket socket = stranger(port)) {
            heard(socket.getInputStream());
            socket.getOutputStream().write(sent);
            if (what.equals("short") || what.equals("half")) {
                socket.shutdownOutput();
            }
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        boolean head = what.equals("request") || what.equals("short") || what.equals("half");
        assertThat(exchange(server, "initial_header_not_found")).isEqualTo(head ? 1 : 0);
        assertThat(exchange(server, "header_not_found")).isEqualTo(head ? 0 : 1);
        assertThat(text(server)).contains("istio_tcp_connections_closed_total{reporter=\"destination\"").contains("response_flags=\"DPE\"");
        await().until(() -> collector.connections().size() == 1);
        AccessLogCommon log = collector.connections().get(0).getCommonProperties();
        assertThat(log.getResponseFlags().getDownstreamProtocolError()).isTrue();
        assertThat(log.getTlsProperties().getPeerCertificateProperties().getSubjectAltName(0).getUri()).isEqualTo(CLIENT);
        await().until(() -> server.metrics().gauge(MetricKey.of("envoy_tcp_downstream_cx_active", "envoy_tcp_prefix", "in")).value() == 0);
    }

    @Test
    void whoAgreesAndStaysSilentIsClosed() throws Exception {
        int port = inbound(app(SocketServer::echo));
        try (SSLSocket socket = stranger(port)) {
            heard(socket.getInputStream());
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(exchange(server, "initial_header_not_found")).isEqualTo(1);
        assertThat(text(server)).contains("response_flags=\"DPE\"");
    }

    @Test
    void whoLeavesBeforeHeHasSaidAnythingLeavesNothing() throws Exception {
        int port = inbound(app(SocketServer::echo));
        SSLSocket socket = stranger(port);
        heard(socket.getInputStream());
        socket.close();
        await().until(() -> exchange(server, "initial_header_not_found") == 1);
    }

    @Test
    void aServerThatAgreesAndSendsSomethingElse_isLeft() throws Exception {
        int port = strangeServer(socket -> {
            heard(socket.getInputStream());
            socket.getOutputStream().write("220 I am a mail server\r\n".getBytes(StandardCharsets.US_ASCII));
            socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        });
        cluster(port, ALPN, MYSQL);
        try (Socket socket = SocketServer.connect(outbound())) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        await().until(() -> collector.connections().size() == 1);
        assertThat(collector.connections().get(0).getCommonProperties().getResponseFlags().getUpstreamProtocolError()).isTrue();
        assertThat(exchange(client, "initial_header_not_found")).isEqualTo(1);
        // nobody uses the connection yet: another endpoint may be tried
        cluster(port, ALPN, Workload.UNKNOWN);
        try (Socket socket = SocketServer.connect(client.engine().listeners().get("tcp").getPort())) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        await().until(() -> collector.connections().size() == 2);
        assertThat(collector.connections().get(1).getCommonProperties().getUpstreamTransportFailureReason()).contains("sends something else");
    }

    private int app(SocketServer.Talk talk) throws IOException {
        return opened(SocketServer.start(talk));
    }

    private int strangeServer(SocketServer.Talk talk) throws Exception {
        SSLServerSocket socket =
                (SSLServerSocket) context(SERVER).getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"istio-peer-exchange"});
        socket.setSSLParameters(parameters);
        return opened(new SocketServer(socket, talk));
    }

    private int opened(SocketServer server) {
        open.add(server);
        return server.port();
    }
}
