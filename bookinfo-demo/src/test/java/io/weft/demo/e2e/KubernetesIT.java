package io.weft.demo.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.weft.pilot.apiserver.RealApiServer;
import io.weft.pilot.apiserver.TestCluster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole mesh with a Kubernetes API server in the config folder's place: what is applied there is how real sidecars route. */
class KubernetesIT {

    private static final Pattern INSTANCE = Pattern.compile("reviews-(v[123])-[a-z0-9]+");
    private static final Duration SOON = Duration.ofSeconds(30);

    /** The others register themselves into their WorkloadGroups; who is in neither is not believed that it is a gateway. */
    private static final String INGRESS = """
            apiVersion: v1
            kind: Pod
            metadata: {name: istio-ingressgateway, namespace: istio-system, labels: {istio: ingressgateway}}
            spec: {serviceAccountName: istio-ingressgateway-service-account, containers: [{name: istio-proxy, image: weft/mesh-gateway}]}
            """;

    @TempDir
    static Path folder;

    private static TestCluster cluster;
    private static Mesh mesh;

    @BeforeAll
    static void start() throws IOException {
        assumeTrue(RealApiServer.missing().isEmpty(), "SKIPPED: " + RealApiServer.missing());
        cluster = TestCluster.start(folder);
        try (Stream<Path> seeds = Files.list(Path.of("src/main/resources/config"))) {
            for (Path seed : seeds.filter(file -> file.toString().endsWith(".yaml")).sorted().toList()) {
                cluster.apply(Files.readString(seed));
            }
        }
        cluster.apply(INGRESS);
        mesh = Mesh.start(
                Mesh.target().resolve("kubernetes-home"),
                Mesh.freePorts(),
                "-Dweft.config.kubernetes.enabled=true",
                "-Dweft.config.kubernetes.kubeconfig=" + cluster.kubeconfig());
        mesh.awaitReady();
    }

    @AfterAll
    static void stop() {
        if (mesh != null) {
            mesh.close();
        }
        if (cluster != null) {
            cluster.close();
        }
    }

    private static String routeToReviews(String subset) {
        return """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: reviews, namespace: default}
                spec: {host: reviews, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}, {name: v3, labels: {version: v3}}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: reviews, namespace: default}
                spec: {hosts: [reviews], http: [{route: [{destination: {host: reviews, subset: %s}}]}]}
                """
                .formatted(subset);
    }

    private static Set<String> versions(int pages) {
        Set<String> versions = new TreeSet<>();
        for (int i = 0; i < pages; i++) {
            HttpResponse<String> page = Http.get(mesh.ingress("/productpage"), "Host", "books.example.org");
            assertThat(page.statusCode()).isEqualTo(200);
            Matcher instance = INSTANCE.matcher(page.body());
            versions.add(instance.find() ? instance.group(1) : "none");
        }
        return versions;
    }

    /** No connection or no answer is no page either. */
    private static boolean isAPage() {
        try {
            HttpResponse<String> page = Http.get(mesh.ingress("/productpage"), "Host", "books.example.org");
            return page.statusCode() == 200 && page.body().contains("reviews-v");
        } catch (UncheckedIOException | IllegalStateException failed) {
            return false;
        }
    }

    private static void settleOn(String version) {
        await().atMost(SOON).untilAsserted(() -> assertThat(versions(10)).containsExactly(version));
    }

    @Test
    void whatIsAppliedThroughTheApi_isHowSidecarsRoute() {
        cluster.apply(routeToReviews("v1"));
        settleOn("v1");
        cluster.apply(routeToReviews("v3"));
        settleOn("v3");
    }

    @Test
    void anApiServerThatDiesAndComesBack_failsNoRequest_andIsListenedToAgain() {
        cluster.apply(routeToReviews("v1"));
        settleOn("v1");
        AtomicBoolean going = new AtomicBoolean(true);
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        Thread traffic = new Thread(() -> {
            while (going.get()) {
                asked.incrementAndGet();
                if (!isAPage()) {
                    failed.incrementAndGet();
                }
            }
        });
        traffic.start();
        try {
            cluster.server().stop();
            int before = asked.get();
            await().atMost(SOON).until(() -> asked.get() > before + 100);
            cluster.server().start();
            cluster.server().compact();
            cluster.apply(routeToReviews("v2"));
            await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(versions(10)).containsExactly("v2"));
        } finally {
            going.set(false);
        }
        await().atMost(SOON).until(() -> !traffic.isAlive());
        assertThat(asked).hasValueGreaterThan(100);
        assertThat(failed).hasValue(0);
    }

    @Test
    void restReads_andLeavesWritingToTheApiServer() {
        HttpResponse<String> written = Http.send(
                "POST", mesh.pilot("/weft/v1/apply"), routeToReviews("v1"), "Content-Type", "application/yaml");
        assertThat(written.statusCode()).isEqualTo(405);
        assertThat(written.body()).contains("Kubernetes API server").contains("kubectl");
        assertThat(Http.get(mesh.pilot("/weft/v1/services")).body()).contains("reviews.default.svc.cluster.local");
        assertThat(Http.get(mesh.pilot("/actuator/health/readiness")).body()).contains("apiServer");
    }
}
