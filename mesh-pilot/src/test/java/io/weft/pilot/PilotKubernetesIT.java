package io.weft.pilot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.dsl.NonDeletingOperation;
import io.weft.pilot.apiserver.NeedsCluster;
import io.weft.pilot.model.AuthorizationPolicy;
import io.weft.pilot.model.MeshSettings.PathNormalization;
import io.weft.pilot.state.StateStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** mesh-pilot as it runs in a cluster. */
@ExtendWith(OutputCaptureExtension.class)
class PilotKubernetesIT extends NeedsCluster {

    @TempDir
    Path home;

    private ConfigurableApplicationContext pilot;

    @AfterEach
    void stopPilot() {
        if (pilot != null) {
            pilot.close();
        }
        cluster.openDoor();
    }

    private void start() {
        pilot = PilotApplication.builder()
                .registerShutdownHook(false)
                .run(
                        "--weft.home=" + home,
                        "--weft.config.kubernetes.enabled=true",
                        "--weft.config.kubernetes.kubeconfig=" + cluster.kubeconfig(),
                        "--weft.pilot.http-port=0",
                        "--weft.pilot.xds.plaintext-port=0",
                        "--weft.pilot.xds.tls-port=-1",
                        "--spring.cloud.kubernetes.reload.period=1s");
    }

    private HttpResponse<String> get(String path) {
        try {
            URI uri = URI.create("http://127.0.0.1:" + pilot.getEnvironment().getProperty("local.server.port") + path);
            return HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void settings(String yaml) {
        cluster.core().configMaps().inNamespace("istio-system").resource(new ConfigMapBuilder()
                        .withNewMetadata().withName("mesh-pilot").withNamespace("istio-system").endMetadata()
                        .addToData("mesh-pilot.yml", yaml)
                        .build())
                .createOr(NonDeletingOperation::update);
    }

    private double sampling() {
        return pilot.getBean(StateStore.class).current().settings().observability().sampling();
    }

    @Test
    void settingsAreAConfigMaps_readAgainWhileItRuns_andAWrongOneChangesNothing(CapturedOutput output) {
        settings("weft: {mesh: {tracing: {sampling: 40}}}");
        start();
        await().atMost(PATIENCE).until(() -> pilot.getBean(StateStore.class).isReady());
        assertThat(sampling()).isEqualTo(40);
        settings("weft: {mesh: {tracing: {sampling: 60}}}");
        await().atMost(PATIENCE).until(() -> sampling() == 60);
        settings("weft: {mesh: {tracing: {sampling: 600}}}");
        await().atMost(PATIENCE).until(() -> output.getOut().contains("Refused: settings"));
        assertThat(output.getOut()).contains("weft.mesh.tracing.sampling: 600.0 (expected: 0 to 100)");
        assertThat(sampling()).isEqualTo(60);
        settings("weft: {mesh: {path-normalization: slashes, tracing: {sampling: 65}}}");
        await().atMost(PATIENCE).until(() -> output.getOut().contains("PathNormalization.slashes"));
        settings("weft: {mesh: {path-normalization: merge-slashes, access-log-file: /dev/stdout, tracing: {sampling: 70}}}");
        await().atMost(PATIENCE).until(() -> sampling() == 70);
        assertThat(pilot.getBean(StateStore.class).current().settings().pathNormalization()).isEqualTo(PathNormalization.MERGE_SLASHES);
    }

    @Test
    void aPolicyThatIsRefused_isNoOpenDoor() {
        cluster.apply("""
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: shut, namespace: default}
                spec: {rules: [{from: [{source: {ipBlocks: [10.0.0.999]}}]}]}
                """);
        start();
        await().atMost(PATIENCE).until(() -> pilot.getBean(StateStore.class).isReady());
        assertThat(pilot.getBean(StateStore.class).current().all(AuthorizationPolicy.class)).singleElement().satisfies(policy -> {
            assertThat(policy.action()).isEqualTo(AuthorizationPolicy.Action.ALLOW);
            assertThat(policy.rules()).as("nobody is allowed").isEmpty();
        });
        assertThat(get("/weft/v1/errors").body()).contains("authorizationpolicies.security.istio.io/default/shut", "until it is mended it allows nobody");
        cluster.server().delete("/apis/security.istio.io/v1/namespaces/default/authorizationpolicies/shut");
    }

    @Test
    void untilEverythingHasBeenRead_itIsNotReady() {
        settings("weft: {mesh: {tracing: {sampling: 30}}}");
        cluster.shutDoor();
        start();
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(503);
        assertThat(get("/actuator/health/liveness").statusCode()).isEqualTo(200);
        assertThat(pilot.getBean(StateStore.class).isReady()).isFalse();
        cluster.openDoor();
        await().atMost(PATIENCE).until(() -> pilot.getBean(StateStore.class).isReady());
        // On to the state, not to the certificate that the TLS port would wait for.
        await().atMost(PATIENCE).until(() -> get("/actuator/health/readiness").statusCode() == 200);
        await().atMost(PATIENCE).until(() -> sampling() == 30);
        assertThat(cluster.requests()).noneMatch(request -> request.contains("/pods/"));
    }
}
