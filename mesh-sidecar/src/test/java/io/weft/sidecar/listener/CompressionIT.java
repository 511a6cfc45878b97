package io.weft.sidecar.listener;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.TestCa;
import io.weft.sidecar.resource.ClusterResource.HttpProtocol;
import io.weft.sidecar.resource.DownstreamTlsResource;
import io.weft.sidecar.resource.ListenerResource.Direction;
import io.weft.sidecar.resource.ListenerResource.FilterChain;
import io.weft.sidecar.resource.ListenerResource.FilterChainMatch;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.RouteResource.Forward;
import io.weft.sidecar.resource.RouteResource.Match;
import io.weft.sidecar.testing.MeshTls;
import io.weft.sidecar.testing.RawBackend;
import io.weft.sidecar.testing.TestEngine;
import io.weft.sidecar.tls.TlsContexts;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compression is between client and application: what they send passes byte for byte, and nothing is compressed for them. */
class CompressionIT {
    private static final String CLIENT = "spiffe://cluster.local/ns/default/sa/productpage";
    private static final String SERVER = "spiffe://cluster.local/ns/default/sa/reviews";

    private final TestCa ca = new TestCa();
    private final List<byte[]> bodies = new CopyOnWriteArrayList<>();
    private TestEngine client;
    private TestEngine server;
    private RawBackend app;
    private volatile Answer answer = new Answer("", false, new byte[0]);

    /** How a request comes to the application: from a client straight to its sidecar, or through the client's own. */
    enum Way {
        HTTP1(Version.HTTP_1_1, null),
        HTTP2(Version.HTTP_2, null),
        THROUGH_HTTP1(Version.HTTP_1_1, HttpProtocol.HTTP1),
        THROUGH_HTTP2(Version.HTTP_1_1, HttpProtocol.HTTP2);

        private final Version version;
        private final @Nullable HttpProtocol between;

        Way(Version version, @Nullable HttpProtocol between) {
            this.version = version;
            this.between = between;
        }
    }

    private record Answer(String coding, boolean chunked, byte[] body) {
        void write(OutputStream out) throws IOException {
            String coded = coding.isEmpty() ? "" : "Content-Encoding: " + coding + "\r\nVary: accept-encoding\r\n";
            String framing = chunked ? "Transfer-Encoding: chunked" : "Content-Length: " + body.length;
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(("HTTP/1.1 200 OK\r\n" + coded + framing + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            if (chunked) {
                all.writeBytes((Integer.toHexString(body.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            }
            all.writeBytes(body);
            if (chunked) {
                all.writeBytes("\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            out.write(all.toByteArray());
        }
    }

    @BeforeEach
    void start() throws Exception {
        client = new TestEngine(new TlsContexts(IdentitySource.fixed(ca.svid(CLIENT))));
        server = new TestEngine(new TlsContexts(IdentitySource.fixed(ca.svid(SERVER))));
        app = new RawBackend(this::serve);
        server.cluster("inbound|9080||", app.port());
    }

    private boolean serve(String head, InputStream in, OutputStream out) throws IOException {
        bodies.add(RawBackend.body(head, in));
        answer.write(out);
        return true;
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        app.close();
    }

    private HttpResponse<byte[]> send(Way way, String coding, BodyPublisher body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(way.between == null ? straight() : through(way.between)))
                .version(way.version)
                .header("content-encoding", coding)
                .header("accept-encoding", "gzip, br;q=0.5")
                .POST(body)
                .build();
        HttpResponse<byte[]> answered = HttpClient.newBuilder()
                .sslContext(MeshTls.context(ca.svid(CLIENT)))
                .build()
                .send(request, HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answered.version()).isEqualTo(way.version);
        assertThat(answered.statusCode()).isEqualTo(200);
        return answered;
    }

    private String straight() {
        DownstreamTlsResource mutual = new DownstreamTlsResource(MeshTls.common(List.of("h2", "http/1.1"), List.of()), true, false);
        server.listener("straight", Direction.INBOUND, new FilterChain("mtls", FilterChainMatch.ANY, mutual, List.of(MeshPeers.manager(List.of()))));
        return "https://127.0.0.1:" + server.engine().listeners().get("straight").getPort() + "/";
    }

    private String through(HttpProtocol between) {
        client.cluster(MeshPeers.cluster(between, SERVER, MeshPeers.inbound(server, false)));
        return "http://127.0.0.1:" + client.listen(RouteResource.of("r", Match.prefix("/"), Forward.to("reviews"))) + "/";
    }

    private static byte[] gzip(int seed) throws IOException {
        byte[] plain = new byte[300_000];
        new Random(seed).nextBytes(plain);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(plain);
        }
        return bytes.toByteArray();
    }

    /** Zeros by the thousand: whoever unpacks this has hundreds of times as much in his hands. */
    private static byte[] bomb() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(new byte[20_000_000]);
        }
        return bytes.toByteArray();
    }

    private String head() {
        return app.heads().get(0).toLowerCase(Locale.ROOT);
    }

    @ParameterizedTest
    @EnumSource
    void gzipOfAKnownLengthPassesAsItIs(Way way) throws Exception {
        byte[] sent = gzip(1);
        answer = new Answer("gzip", false, gzip(2));
        HttpResponse<byte[]> answered = send(way, "gzip", BodyPublishers.ofByteArray(sent));
        assertThat(bodies).singleElement().isEqualTo(sent);
        assertThat(head()).contains("\r\ncontent-encoding: gzip\r\n", "\r\naccept-encoding: gzip, br;q=0.5\r\n", "\r\ncontent-length: " + sent.length + "\r\n");
        assertThat(answered.body()).isEqualTo(answer.body());
        assertThat(answered.headers().allValues("content-encoding")).containsExactly("gzip");
        assertThat(answered.headers().allValues("vary")).containsExactly("accept-encoding");
        assertThat(answered.headers().firstValueAsLong("content-length")).hasValue(answer.body().length);
    }

    @ParameterizedTest
    @EnumSource
    void gzipOfUnknownLengthPassesAsItIs(Way way) throws Exception {
        byte[] sent = bomb();
        answer = new Answer("gzip", true, bomb());
        HttpResponse<byte[]> answered = send(way, "gzip", BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(sent)));
        assertThat(bodies).singleElement().isEqualTo(sent);
        assertThat(head()).contains("\r\ncontent-encoding: gzip\r\n", "\r\ntransfer-encoding: chunked\r\n").doesNotContain("content-length");
        assertThat(answered.body()).isEqualTo(answer.body());
        assertThat(answered.headers().allValues("content-encoding")).containsExactly("gzip");
        assertThat(answered.headers().firstValue("content-length")).isEmpty();
    }

    /** What is said to be compressed and is not is nobody's business here. */
    @ParameterizedTest
    @EnumSource
    void whatClaimsToBeCompressedIsNotLookedInto(Way way) throws Exception {
        byte[] sent = {0x1f, (byte) 0x8b, 0, 1, 2, 3};
        answer = new Answer("gzip, br", false, sent);
        HttpResponse<byte[]> answered = send(way, "gzip", BodyPublishers.ofByteArray(sent));
        assertThat(bodies).singleElement().isEqualTo(sent);
        assertThat(answered.body()).isEqualTo(sent);
        assertThat(answered.headers().allValues("content-encoding")).containsExactly("gzip, br");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsPlainStaysPlain(Way way) throws Exception {
        answer = new Answer("", false, "a".repeat(100_000).getBytes(StandardCharsets.US_ASCII));
        HttpResponse<byte[]> answered = send(way, "identity", BodyPublishers.ofString("b".repeat(100_000)));
        assertThat(bodies).singleElement().isEqualTo("b".repeat(100_000).getBytes(StandardCharsets.US_ASCII));
        assertThat(answered.body()).isEqualTo(answer.body());
        assertThat(answered.headers().firstValue("content-encoding")).isEmpty();
    }
}
