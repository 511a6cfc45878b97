package io.weft.demo.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Bookinfo and httpbin: a sidecar in each pod, and every way to an app leads through it. */
@ExtendWith(NeedsKubectl.class)
class DemosTest {

    static List<Manifest> apps() {
        return Stream.of("k8s/bookinfo", "k8s/httpbin").flatMap(folder -> Manifests.built(folder).stream()).filter(each -> each.kind().equals("Deployment")).toList();
    }

    private static JsonNode container(Manifest app, String name) {
        return app.containers().stream().filter(each -> each.path("name").asString().equals(name)).findFirst().orElseThrow();
    }

    private static String label(Manifest app, String name) {
        return app.pod().path("metadata").path("labels").path(name).asString();
    }

    /** Values, or {@code <path>} of what comes from the pod. */
    private static Map<String, String> environment(JsonNode container) {
        Map<String, String> environment = new HashMap<>();
        container.path("env").forEach(each -> environment.put(
                each.path("name").asString(),
                each.has("value") ? each.path("value").asString() : "<" + each.path("valueFrom").path("fieldRef").path("fieldPath").asString() + ">"));
        return environment;
    }

    @Test
    void allOfBookinfoIsThere() {
        assertThat(apps()).extracting(Manifest::name)
                .containsExactlyInAnyOrder("productpage-v1", "details-v1", "reviews-v1", "reviews-v2", "reviews-v3", "ratings-v1", "httpbin-v1");
    }

    @ParameterizedTest
    @MethodSource("apps")
    void theSidecarHasTheEnvironmentAndTheMountsOfTheReferenceMesh(Manifest app) {
        JsonNode sidecar = container(app, "istio-proxy");
        assertThat(environment(sidecar))
                .containsEntry("POD_NAME", "<metadata.name>")
                .containsEntry("POD_NAMESPACE", "<metadata.namespace>")
                .containsEntry("INSTANCE_IP", "<status.podIP>")
                .containsEntry("SERVICE_ACCOUNT", "<spec.serviceAccountName>")
                .containsEntry("ISTIO_META_POD_NAME", "<metadata.name>")
                .containsEntry("ISTIO_META_INTERCEPTION_MODE", "NONE")
                .containsEntry("WEFT_KUBERNETES_ENABLED", "true");
        Map<String, JsonNode> volumes = new HashMap<>();
        app.pod().path("spec").path("volumes").forEach(volume -> volumes.put(volume.path("name").asString(), volume));
        Map<String, JsonNode> mounted = new HashMap<>();
        sidecar.path("volumeMounts").forEach(mount -> mounted.put(mount.path("mountPath").asString(), volumes.get(mount.path("name").asString())));
        assertThat(mounted).containsKeys("/etc/certs", "/etc/istio/proxy", "/tmp");
        JsonNode token = mounted.get("/var/run/secrets/tokens").path("projected").path("sources").path(0).path("serviceAccountToken");
        assertThat(token.path("audience").asString()).isEqualTo("istio-ca");
        assertThat(token.path("path").asString()).isEqualTo("istio-token");
        assertThat(mounted.get("/var/run/secrets/istio").path("configMap").path("name").asString()).isEqualTo("istio-ca-root-cert");
        assertThat(label(app, "security.istio.io/tlsMode")).isEqualTo("istio");
    }

    @ParameterizedTest
    @MethodSource("apps")
    void theAppCallsThroughTheSidecar_andIsCalledByItAlone(Manifest app) {
        JsonNode container = container(app, label(app, "app"));
        assertThat(environment(container))
                .containsEntry("HTTP_PROXY", "http://127.0.0.1:15001")
                .containsEntry("WEFT_APP_HTTP_PROXY", "$(HTTP_PROXY)")
                .as("it listens on loopback")
                .doesNotContainKeys("WEFT_BIND_ADDRESS", "SERVER_ADDRESS", "SERVER_PORT");
        assertThat(Manifest.words(container.path("args"))).containsExactly(label(app, "app"));
        assertThat(container.path("ports")).singleElement().satisfies(port -> assertThat(port.path("name").asString()).isEqualTo("health"));
        assertThat(container.path("lifecycle").path("preStop").path("sleep").path("seconds").asInt()).as("longer than its sidecar drains").isGreaterThan(5);
    }

    static List<Manifest> services() {
        return Manifests.installed("Service").stream().filter(each -> each.namespace().equals("default")).toList();
    }

    @ParameterizedTest
    @MethodSource("services")
    void aServiceLeadsToTheSidecar_andThatToTheApp(Manifest service) {
        Manifest object = Manifests.installed("Sidecar").stream()
                .filter(each -> each.spec().path("workloadSelector").path("labels").equals(service.spec().path("selector")))
                .findFirst()
                .orElseThrow();
        JsonNode ingress = object.spec().path("ingress").path(0);
        JsonNode port = service.spec().path("ports").path(0);
        assertThat(ingress.path("port").path("number")).isEqualTo(port.path("targetPort"));
        assertThat(ingress.path("bind").asString()).isEqualTo("0.0.0.0");
        assertThat(ingress.path("defaultEndpoint").asString()).isEqualTo("127.0.0.1:" + port.path("port").asString());
        apps().stream().filter(app -> app.isSelectedBy(service.spec().path("selector"))).forEach(app ->
                assertThat(container(app, "istio-proxy").path("ports"))
                        .anyMatch(each -> each.path("containerPort").equals(port.path("targetPort"))));
    }

    @Test
    void reviewsDifferInTheirStars() {
        Map<String, Map<String, String>> versions = new HashMap<>();
        apps().stream().filter(app -> label(app, "app").equals("reviews")).forEach(app -> versions.put(label(app, "version"), environment(container(app, "reviews"))));
        assertThat(versions.get("v1")).doesNotContainKey("ENABLE_RATINGS");
        assertThat(versions.get("v2")).containsEntry("ENABLE_RATINGS", "true").containsEntry("STAR_COLOR", "black");
        assertThat(versions.get("v3")).containsEntry("ENABLE_RATINGS", "true").containsEntry("STAR_COLOR", "red");
    }

    @Test
    void theirWorkloadsTakeNoPlaintext() {
        Set<String> covered = new TreeSet<>();
        for (Manifest policy : Manifests.installed("PeerAuthentication")) {
            assertThat(policy.spec().path("mtls").path("mode").asString()).isEqualTo("STRICT");
            apps().stream().filter(app -> app.isSelectedBy(policy.spec().path("selector").path("matchLabels"))).forEach(app -> covered.add(app.name()));
        }
        assertThat(covered).hasSameSizeAs(apps());
    }

    @Test
    void gatewaysSelectTheIngressGateway() {
        List<Manifest> gateways = Manifests.installed("Gateway");
        assertThat(gateways).hasSize(2).allSatisfy(gateway -> assertThat(Manifests.built("k8s"))
                .anyMatch(each -> each.kind().equals("Deployment") && each.isSelectedBy(gateway.spec().path("selector"))));
    }
}
