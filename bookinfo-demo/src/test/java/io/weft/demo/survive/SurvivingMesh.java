package io.weft.demo.survive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.demo.e2e.Http;
import io.weft.demo.e2e.Mesh;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one mesh of these tests, each part a process. Started once; every scenario leaves it as it was.
 *
 * <p>Its parts read {@code <module>.yml} of {@link #settings} too when they start: that changes a setting of one that is killed.
 */
final class SurvivingMesh {

    /** Longer than anything takes, on a machine that does more than this. */
    static final Duration PATIENCE = Duration.ofSeconds(90);

    /** Twenty-two processes, on a machine that does more than start them. */
    private static final Duration START = Duration.ofSeconds(240);

    private static final Duration STOP = Duration.ofSeconds(40);

    /** Of the classes of these tests: side by side, and none after the one that ends the mesh. */
    static final int ORDER = 1;

    static final int LAST = 2;

    /** All proxies: seven sidecars and two gateways. */
    static final int PROXIES = 9;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final String LOAD = """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: survive, namespace: default}
            spec:
              selector: {istio: ingressgateway}
              servers:
              - port: {number: 80, name: http, protocol: HTTP}
                hosts: [%1$s]
              - port: {number: 443, name: https, protocol: HTTPS}
                tls: {mode: SIMPLE, credentialName: httpbin-credential}
                hosts: [%1$s]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: survive, namespace: default}
            spec:
              hosts: [%1$s]
              gateways: [survive]
              http:
              - match: [{uri: {prefix: /details}}]
                route: [{destination: {host: details}}]
              - match: [{uri: {prefix: /ratings}}]
                route: [{destination: {host: ratings}}]
              - route: [{destination: {host: productpage}}]
            """;

    private final Mesh mesh;

    private SurvivingMesh(Mesh mesh) {
        this.mesh = mesh;
    }

    static SurvivingMesh shared() {
        return Shared.MESH;
    }

    private static final class Shared {
        static final SurvivingMesh MESH = start();
    }

    private static SurvivingMesh start() {
        Path home = Mesh.target().resolve("survive-home");
        Mesh mesh = Mesh.start(
                home,
                Mesh.freePorts(),
                Map.of("SPRING_CONFIG_ADDITIONAL_LOCATION", "optional:file:" + home.resolve("settings") + "/"),
                "-Dweft.demo.isolation=process",
                "-Dio.netty.leakDetection.level=simple");
        SurvivingMesh surviving = new SurvivingMesh(mesh);
        Runtime.getRuntime().addShutdownHook(new Thread(surviving::stop, "stop-surviving-mesh"));
        mesh.awaitReady(START);
        try {
            Files.createDirectories(home.resolve("settings"));
            surviving.writeLoadConfig();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        surviving.awaitServing();
        surviving.awaitAllSynced();
        return surviving;
    }

    /** What a scenario needs before it begins: one that failed before it may have left the mesh as it was then. */
    void awaitServing() {
        patiently().untilAsserted(() -> {
            for (String path : List.of("/details/0", "/ratings/0", "/productpage")) {
                assertThat(Http.get(mesh.ingress(path), "Host", Load.HOST).statusCode()).as(path).isEqualTo(200);
            }
        });
    }

    /** What the load needs at the edge, as it was at the start. */
    void writeLoadConfig() throws IOException {
        Files.writeString(config().resolve("survive.yaml"), LOAD.formatted(Load.HOST));
    }

    /** Nothing is left of a run that was broken off before its last test either. The build looks for leaks, and people for reasons, among the reports. */
    private void stop() {
        List<ProcessHandle> parts = mesh.process().descendants().toList();
        mesh.process().destroyForcibly();
        CompletableFuture.allOf(parts.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, STOP.toSeconds(), TimeUnit.SECONDS)
                .join();
        parts.forEach(ProcessHandle::destroyForcibly);
        try (Stream<Path> logs = Files.list(mesh.home().resolve("logs"))) {
            for (Path log : logs.toList()) {
                String name = "survive-" + log.getFileName().toString().replace(".log", "") + "-output.txt";
                Files.copy(log, Mesh.target().resolve("failsafe-reports").resolve(name), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Mesh mesh() {
        return mesh;
    }

    int port(String property) {
        return mesh.port(property);
    }

    int proxyPort(String workload) {
        return mesh.proxyPort(workload);
    }

    Path config() {
        return mesh.home().resolve("config");
    }

    /** Where {@code <module>.yml} says what a part is told beside what its launcher tells it. */
    Path settings() {
        return mesh.home().resolve("settings");
    }

    /** What a part keeps on disk. */
    Path cache(String part) {
        return mesh.home().resolve("run").resolve(part).resolve("cache");
    }

    /** Kills a part ({@code SIGKILL}) and returns when it is gone. */
    long kill(String part) {
        long pid = pid(part);
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        assertThat(process.destroyForcibly()).as("%s can be killed", part).isTrue();
        process.onExit().join();
        return pid;
    }

    /** Kills a part and waits until the launcher has started it again. */
    void killAndAwaitSuccessor(String part) {
        long before = kill(part);
        awaitSuccessor(part, before);
    }

    void awaitSuccessor(String part, long before) {
        patiently().until(() -> pid(part) != before && ProcessHandle.of(pid(part)).isPresent());
    }

    /** The process id of a part, with its name in the launcher's table ({@code details-v1 sidecar}). */
    long pid(String part) {
        try {
            return Long.parseLong(
                    Files.readString(mesh.home().resolve("run").resolve(part.replace(' ', '-') + ".pid")).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String log(String part) {
        try {
            return Files.readString(mesh.home().resolve("logs").resolve(part.replace(' ', '-') + ".log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void awaitReady(String httpPortProperty) {
        patiently().untilAsserted(() -> assertThat(Http.get(
                                "http://127.0.0.1:" + port(httpPortProperty) + "/actuator/health/readiness")
                        .statusCode())
                .isEqualTo(200));
    }

    /** Every proxy is connected and has accepted what pilot sent it last. */
    void awaitAllSynced() {
        patiently().untilAsserted(() -> {
            JsonNode proxies = proxies();
            assertThat(proxies.size()).as("proxies of %s", proxies).isEqualTo(PROXIES);
            for (JsonNode proxy : proxies) {
                assertThat(proxy.path("resources").size()).as("types of %s", proxy).isPositive();
                for (JsonNode type : proxy.path("resources")) {
                    assertThat(type.path("status").asString()).as("%s", proxy).isNotEqualTo("STALE");
                }
            }
        });
    }

    /** What pilot says of its proxies. */
    JsonNode proxies() {
        JsonNode answer = JSON.readTree(Http.get(mesh.pilot("/weft/v1/proxies")).body());
        return answer.isArray() ? answer : answer.path("items");
    }

    JsonNode proxy(String workload) {
        for (JsonNode proxy : proxies()) {
            if (proxy.path("workload").asString().equals(workload)) {
                return proxy;
            }
        }
        throw new AssertionError("no proxy of " + workload + " in " + proxies());
    }

    Instant certificateExpires(String workload) {
        return Instant.parse(proxy(workload).path("certificateExpires").asString());
    }

    HttpResponse<String> put(String path, String yaml) {
        return Http.send("PUT", mesh.pilot(path), yaml, "Content-Type", "application/yaml");
    }

    HttpResponse<String> delete(String path) {
        return Http.send("DELETE", mesh.pilot(path), "");
    }

    /** A request of one workload to another, through its sidecar. */
    HttpResponse<String> ask(String workload, String uri) {
        HttpClient client = Http.through(mesh.proxyPort(workload));
        return Http.send(client, "GET", uri, "");
    }

    /** What a sidecar says at {@code /ready}. */
    HttpResponse<String> readiness(String workload) {
        return Http.get("http://127.0.0.1:" + mesh.adminPort(workload) + "/ready");
    }

    /** What a sidecar says of itself. */
    String info(String workload) {
        return Http.get("http://127.0.0.1:" + mesh.adminPort(workload) + "/actuator/info").body();
    }

    /** No part has lost a buffer. */
    void assertNoLeak() {
        try (Stream<Path> logs = Files.list(mesh.home().resolve("logs"))) {
            for (Path log : logs.toList()) {
                assertThat(Files.readString(log)).as("%s", log.getFileName()).doesNotContain("LEAK: ");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ConditionFactory patiently() {
        return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).ignoreExceptionsInstanceOf(UncheckedIOException.class);
    }
}
