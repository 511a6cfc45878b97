package io.weft.telemetry;

import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.netty.handler.ssl.SslContextBuilder;
import io.weft.telemetry.ingest.GrpcPorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** mesh-telemetry on free ports, with a certificate and a mesh-pilot that names the targets a test wants. */
public final class RunningTelemetry implements AutoCloseable {

    public static final TestPki PKI = TestPki.create("cluster.local");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    static {
        // Machines that test are busy.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    public final FakeServer pilot = new FakeServer();
    public final ConfigurableApplicationContext context;
    private final HttpClient http = HttpClient.newHttpClient();
    private final List<ManagedChannel> channels = new ArrayList<>();

    /** @param more settings beside or in place of the usual ones, such as {@code weft.telemetry.tls-port=-1} */
    public RunningTelemetry(Path home, String... more) {
        pilot.page("/weft/v1/targets", "[]");
        PKI.write(home.resolve("run/mesh-telemetry/certs"), "istio-system", "mesh-telemetry");
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("weft.home", home.toString());
        settings.put("weft.pilot.address", pilot.url());
        settings.put("weft.telemetry.http-port", "0");
        settings.put("weft.telemetry.plaintext-port", "0");
        settings.put("weft.telemetry.tls-port", "0");
        settings.put("weft.telemetry.scrape.interval", "100ms");
        for (String each : more) {
            settings.put(each.substring(0, each.indexOf('=')), each.substring(each.indexOf('=') + 1));
        }
        String[] arguments = settings.entrySet().stream()
                .map(each -> "--" + each.getKey() + "=" + each.getValue())
                .toArray(String[]::new);
        context = TelemetryApplication.builder().run(arguments);
    }

    public int port() {
        return ((WebServerApplicationContext) context).getWebServer().getPort();
    }

    public URI url(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    public GrpcPorts grpc() {
        return context.getBean(GrpcPorts.class);
    }

    public HttpResponse<String> get(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url(path)).timeout(Duration.ofSeconds(10));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request.build());
    }

    public HttpResponse<String> post(String path, byte[] body, String... headers) {
        return send(HttpRequest.newBuilder(url(path))
                .timeout(Duration.ofSeconds(10))
                .headers(headers)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build());
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public JsonNode json(String path) {
        HttpResponse<String> answer = get(path);
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(answer.statusCode() + " " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    public void isReady() {
        await().atMost(Duration.ofSeconds(20)).until(() -> get("/actuator/health/readiness").statusCode() == 200);
    }

    public ManagedChannel plaintext() {
        ManagedChannel channel =
                NettyChannelBuilder.forAddress("127.0.0.1", grpc().plaintextPort()).usePlaintext().build();
        channels.add(channel);
        return channel;
    }

    /** A client with that workload's certificate; none: without one. */
    public ManagedChannel tls(TestPki.@Nullable Leaf leaf) throws Exception {
        AdvancedTlsX509TrustManager trust = AdvancedTlsX509TrustManager.newBuilder()
                .setVerification(AdvancedTlsX509TrustManager.Verification.CERTIFICATE_ONLY_VERIFICATION)
                .build();
        trust.updateTrustCredentials(new java.security.cert.X509Certificate[] {PKI.root()});
        SslContextBuilder ssl = GrpcSslContexts.forClient().trustManager(trust);
        if (leaf != null) {
            ssl.keyManager(leaf.keys().getPrivate(), leaf.certificate());
        }
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", grpc().tlsPort())
                .sslContext(ssl.build())
                .build();
        channels.add(channel);
        return channel;
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        context.close();
        pilot.close();
    }
}
