package io.weft.demo.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.command.InspectImageResponse;
import io.weft.demo.launcher.LauncherTokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * A mesh of containers: mesh-ca, mesh-pilot with the agent that keeps its certificate, an ingress gateway, and httpbin with its sidecar in one network
 * namespace, as in a pod. Each is an image of this build, each has its own disk, and only files that a laptop has too pass between them: the mesh's root,
 * the keys of tokens, a token each.
 */
class ImagesIT {

    private static final String READINESS = "/actuator/health/readiness";
    private static final int GATEWAY = 8080;
    private static final int APP = 8000;
    private static final int INBOUND = 8081;
    private static final int ADMIN = 15000;
    private static final long SIDECAR_LIMIT = 120_000_000;

    private static final Map<String, String> IDENTITIES = Map.of(
            "mesh-pilot", "istio-system/mesh-pilot",
            "istio-ingressgateway", "istio-system/istio-ingressgateway-service-account",
            "httpbin-v1", "default/httpbin");

    private static final Deque<AutoCloseable> open = new ArrayDeque<>();
    private static final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build();

    private static GenericContainer<?> gateway;
    private static GenericContainer<?> app;
    private static GenericContainer<?> sidecar;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        boolean engine = DockerClientFactory.instance().isDockerAvailable();
        assumeTrue(engine, "SKIPPED: no Docker engine answers");
        String missing = ImageTar.missing();
        assumeTrue(missing == null, "SKIPPED: " + missing);
        for (String module : ImageTar.MODULES) {
            ImageTar.of(module).load();
        }
        LauncherTokens tokens = LauncherTokens.into(folder, IDENTITIES);
        Network network = opened(Network.newNetwork());

        GenericContainer<?> authority = new Hardened("mesh-ca", home().with("tokens/jwks.json", tokens.keys()))
                .withNetwork(network)
                .withNetworkAliases("mesh-ca")
                .withEnv("WEFT_BIND_ADDRESS", "0.0.0.0")
                .withExposedPorts(15015)
                .ready(15015, READINESS);
        start("mesh-ca", authority);
        String root = authority.copyFileFromContainer(
                Home.MOUNT + "/.weft/ca/root-cert.pem", in -> new String(in.readAllBytes(), StandardCharsets.UTF_8));

        app = new Hardened("bookinfo-demo", null)
                .withNetwork(network)
                .withEnv("SERVER_ADDRESS", "127.0.0.1")
                .withCommand("httpbin")
                // The pod's ports are those of whoever has the network namespace.
                .withExposedPorts(INBOUND, ADMIN)
                .waitingFor(Wait.forLogMessage(".*Netty started on port " + APP + ".*", 1)
                        .withStartupTimeout(Hardened.START));
        start("httpbin", app);
        String address = app.getContainerInfo().getNetworkSettings().getNetworks().values().iterator().next().getIpAddress();

        Home pilot = home().with("config/mesh.yaml", mesh(address))
                .with("ca/root-cert.pem", root)
                .with("run/mesh-pilot/token", tokens.of("mesh-pilot"));
        start("mesh-pilot-agent", new Hardened("mesh-sidecar", pilot)
                .withNetwork(network)
                .withCommand(
                        "agent",
                        "--weft.part=mesh-pilot",
                        "--weft.namespace=istio-system",
                        "--weft.service-account=mesh-pilot",
                        "--weft.ca.address=mesh-ca:8060"));
        start("mesh-pilot", new Hardened("mesh-pilot", pilot)
                .withNetwork(network)
                .withNetworkAliases("mesh-pilot")
                .withEnv("WEFT_BIND_ADDRESS", "0.0.0.0")
                .withExposedPorts(15014)
                .ready(15014, READINESS));

        sidecar = new Hardened(
                        "mesh-sidecar",
                        home().with("ca/root-cert.pem", root).with("run/httpbin-v1/token", tokens.of("httpbin-v1")))
                .withNetworkMode("container:" + app.getContainerId())
                .withEnv("WEFT_LEAK_DETECTION", "paranoid")
                .withCommand(
                        "--weft.part=httpbin-v1",
                        "--weft.service-account=httpbin",
                        "--weft.labels=app=httpbin,version=v1",
                        "--weft.bind-address=" + address,
                        "--weft.admin-port=" + ADMIN,
                        "--weft.ca.address=mesh-ca:8060",
                        "--weft.xds.address=mesh-pilot:15012");
        start("httpbin-sidecar", sidecar);

        gateway = new Hardened(
                        "mesh-gateway",
                        home().with("ca/root-cert.pem", root)
                                .with("run/istio-ingressgateway/token", tokens.of("istio-ingressgateway")))
                .withNetwork(network)
                .withEnv("WEFT_BIND_ADDRESS", "0.0.0.0")
                .withEnv("WEFT_CA_ADDRESS", "mesh-ca:8060")
                .withEnv("WEFT_XDS_ADDRESS", "mesh-pilot:15012")
                .withExposedPorts(GATEWAY, 15021)
                .ready(15021, READINESS);
        start("istio-ingressgateway", gateway);
        await("the sidecar's readiness")
                .atMost(Hardened.START)
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptionsInstanceOf(IOException.class)
                .untilAsserted(() -> {
                    HttpResponse<String> ready = get(app, ADMIN, "/ready");
                    assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
                });
    }

    /** What each says goes where the build looks for leaks, whether it starts or not. */
    private static void start(String name, GenericContainer<?> container) throws Exception {
        open.push(() -> {
            Path reports = Files.createDirectories(Path.of("target", "failsafe-reports"));
            Files.writeString(reports.resolve("container-" + name + "-output.txt"), container.getLogs());
            container.stop();
        });
        container.start();
    }

    private static Home home() {
        return opened(Home.create());
    }

    private static <T extends AutoCloseable> T opened(T resource) {
        open.push(resource);
        return resource;
    }

    @AfterAll
    static void stop() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    /** Where httpbin is, that it has a sidecar, what that takes and where it passes it on; mutual TLS for all; and a way in. */
    private static String mesh(String address) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: httpbin, namespace: default}
                spec:
                  selector: {app: httpbin}
                  ports:
                    - {name: http, port: 8000, targetPort: %2$d}
                ---
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: httpbin-v1, namespace: default}
                spec:
                  address: %1$s
                  serviceAccount: httpbin
                  labels: {app: httpbin, version: v1, security.istio.io/tlsMode: istio}
                ---
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: httpbin, namespace: default}
                spec:
                  workloadSelector:
                    labels: {app: httpbin}
                  ingress:
                    - port: {number: %2$d, protocol: HTTP, name: http}
                      bind: 0.0.0.0
                      defaultEndpoint: 127.0.0.1:%3$d
                ---
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: default, namespace: istio-system}
                spec:
                  mtls: {mode: STRICT}
                ---
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: httpbin, namespace: default}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                    - port: {number: 80, name: http, protocol: HTTP}
                      bind: 0.0.0.0
                      hosts: ["*"]
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: httpbin, namespace: default}
                spec:
                  hosts: ["*"]
                  gateways: [httpbin]
                  http:
                    - route:
                        - destination: {host: httpbin, port: {number: 8000}}
                """
                .formatted(address, INBOUND, APP);
    }

    private static HttpResponse<String> get(GenericContainer<?> container, int port, String path)
            throws IOException, InterruptedException {
        URI uri = URI.create("http://" + container.getHost() + ":" + container.getMappedPort(port) + path);
        return http.send(
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aRequestFromOutside_reachesTheAppByMutualTls() {
        assertThat(throughTheGateway())
                .containsIgnoringCase("x-forwarded-client-cert")
                .contains("By=spiffe://cluster.local/ns/default/sa/httpbin;")
                .contains("URI=spiffe://cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account");
    }

    /** What the app says of its request; once that arrives, the port that the gateway reaches it by is known to listen. */
    private static String throughTheGateway() {
        return await("an answer through the gateway")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> get(gateway, GATEWAY, "/headers"), answer -> answer.statusCode() == 200)
                .body();
    }

    @Test
    void plaintextToTheSidecar_isRefused() {
        throughTheGateway();
        assertThatThrownBy(() -> get(app, INBOUND, "/headers")).isInstanceOf(IOException.class);
    }

    @Test
    void theSidecar_isUser1337_andCannotWriteIntoItsImage() throws Exception {
        // The first process is the JVM itself: the script has made way for it.
        assertThat(said(sidecar, "while read -r name value; do echo \"$name $value\"; done </proc/1/status"))
                .containsPattern("Name: java\n")
                .containsPattern("Uid: 1337\\s+1337\\s+1337\\s+1337\n")
                .containsPattern("Gid: 1337\\s+1337\\s+1337\\s+1337\n")
                .containsPattern("CapEff: 0+\n");
        Container.ExecResult write = sidecar.execInContainer("sh", "-c", ": >/app/bin/weft-sidecar");
        assertThat(write.getExitCode()).isNotZero();
        assertThat(write.getStderr()).containsAnyOf("Read-only file system", "Permission denied");
        assertThat(sidecar.execInContainer("sh", "-c", ": >" + Home.MOUNT + "/there").getExitCode()).isZero();
        assertThat(sidecar.getContainerInfo().getHostConfig().getReadonlyRootfs()).isTrue();
    }

    private static String said(GenericContainer<?> container, String script) throws Exception {
        Container.ExecResult result = container.execInContainer("sh", "-c", script);
        assertThat(result.getExitCode()).as(result.getStderr()).isZero();
        return result.getStdout();
    }

    @Test
    void theSidecarsOptions_areThoseOfItsScript() throws Exception {
        assertThat(said(sidecar, "read -r line </proc/1/cmdline; echo \"$line\""))
                .contains("-XX:+UseSerialGC", "-Xmx64m", "-XX:+UseCompactObjectHeaders", "io.weft.sidecar.bootstrap.SidecarApplication");
        assertThat(sidecar.getLogs()).doesNotContain("WARNING", "[error][cds]");
    }

    @Test
    void theSidecarsImage_isSmall() throws IOException {
        assertThat(Files.size(ImageTar.of("mesh-sidecar").file())).isLessThanOrEqualTo(SIDECAR_LIMIT);
    }

    @ParameterizedTest
    @FieldSource("io.weft.demo.images.ImageTar#MODULES")
    void eachImage_runsAsNobodyInParticular_andSaysWhatItIs(String module) {
        InspectImageResponse image =
                DockerClientFactory.lazyClient().inspectImageCmd(ImageTar.of(module).name()).exec();
        assertThat(image.getConfig().getUser()).isEqualTo("1337:1337");
        assertThat(image.getConfig().getLabels())
                .containsEntry("org.opencontainers.image.title", module)
                .containsKeys("org.opencontainers.image.version", "org.opencontainers.image.licenses");
        assertThat(image.getConfig().getExposedPorts()).isNotEmpty();
        // From the POM, not from the clock: the same commit is the same image.
        assertThat(image.getCreated()).startsWith(image.getConfig().getLabels().get("org.opencontainers.image.created").substring(0, 19));
    }
}
