package io.weft.sidecar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A sidecar by the environment that the reference mesh's 1.0 gives it. */
class PodEnvironmentTest {

    private static final Map<String, String> POD = Map.of(
            "WEFT_KUBERNETES_ENABLED", "true",
            "POD_NAME", "reviews-v1-5f4-x2x",
            "POD_NAMESPACE", "bookinfo",
            "INSTANCE_IP", "10.1.2.3",
            "SERVICE_ACCOUNT", "bookinfo-reviews",
            "ISTIO_META_POD_NAME", "reviews-v1-5f4-x2x",
            "ISTIO_META_INTERCEPTION_MODE", "NONE",
            "ISTIO_META_WORKLOAD_NAME", "reviews-v1",
            "ISTIO_META_NAMESPACE", "somebody-elses");

    @Test
    void namesAndPlacesAreThePods() {
        WorkloadSettings settings = settings(POD);
        assertThat(settings.part()).isEqualTo("reviews-v1-5f4-x2x");
        assertThat(settings.namespace()).isEqualTo("bookinfo");
        assertThat(settings.serviceAccount()).isEqualTo("bookinfo-reviews");
        assertThat(settings.trustDomain()).isEqualTo("cluster.local");
        assertThat(settings.bindAddress()).isEqualTo("0.0.0.0");
        assertThat(settings.inner()).isEqualTo("127.0.0.1");
        assertThat(settings.proxyPort()).isEqualTo(15001);
        assertThat(settings.adminPort()).isEqualTo(15000);
        assertThat(settings.ca()).hasToString("istio-citadel.istio-system.svc:8060");
        assertThat(settings.xds()).hasToString("istio-pilot.istio-system.svc:15012");
        assertThat(settings.rootCert()).isEqualTo(Path.of("/var/run/secrets/istio/root-cert.pem"));
        assertThat(settings.tokenFile()).isEqualTo(Path.of("/var/run/secrets/tokens/istio-token"));
        assertThat(settings.cache()).isEqualTo(Path.of("/etc/istio/proxy"));
        assertThat(settings.pod().outDir()).isEqualTo(Path.of("/etc/certs"));
        assertThat(settings.pod().address()).isEqualTo("10.1.2.3");
        assertThat(settings.pod().readyPort()).isEqualTo(15021);
        assertThat(settings.pod().metricsPort()).isEqualTo(15090);
    }

    @Test
    void theNodeIsThePods_andWhoItIsIsNotMetadatasToSay() {
        Node node = WorkloadNode.of(settings(POD), Map.of(), 15001, new WorkloadSettings.HostPort("10.1.2.3", 15090));
        assertThat(node.getId()).isEqualTo("sidecar~10.1.2.3~reviews-v1-5f4-x2x.bookinfo~bookinfo.svc.cluster.local");
        Struct metadata = node.getMetadata();
        assertThat(text(metadata, "POD_NAME")).isEqualTo("reviews-v1-5f4-x2x");
        assertThat(text(metadata, "NAME")).isEqualTo("reviews-v1-5f4-x2x");
        assertThat(text(metadata, "WORKLOAD_NAME")).isEqualTo("reviews-v1");
        assertThat(text(metadata, "NAMESPACE")).isEqualTo("bookinfo");
        assertThat(text(metadata, "SERVICE_ACCOUNT")).isEqualTo("bookinfo-reviews");
        assertThat(text(metadata, "INTERCEPTION_MODE")).isEqualTo("NONE");
        assertThat(text(metadata, "WEFT_METRICS")).isEqualTo("10.1.2.3:15090/stats/prometheus");
        assertThat(metadata.getFieldsOrThrow("WEFT_PROXY_PORT").getNumberValue()).isEqualTo(15001);
    }

    @Test
    void whatIsSaidByItsOwnNameWins() {
        WorkloadSettings settings = settings(
                with("WEFT_ADMIN_PORT", "1", "CA_ADDR", "ca:1", "PILOT_ADDRESS", "pilot:2", "TRUST_DOMAIN", "example.org"),
                "--weft.part=mine", "--weft.xds.address=other:3", "--weft.out-dir=", "--weft.ready-port=");
        assertThat(settings.part()).isEqualTo("mine");
        assertThat(settings.adminPort()).isEqualTo(1);
        assertThat(settings.ca()).hasToString("ca:1");
        assertThat(settings.xds()).hasToString("other:3");
        assertThat(settings.trustDomain()).isEqualTo("example.org");
        assertThat(settings.pod().outDir()).isNull();
        assertThat(settings.pod().readyPort()).isNull();
        assertThat(settings(with("INSTANCE_IP", "fd00::7")).bindAddress()).isEqualTo("::");
    }

    @Test
    void withoutTheSwitchAPodsEnvironmentMeansNothing() {
        Map<String, String> environment = new HashMap<>(POD);
        environment.remove("WEFT_KUBERNETES_ENABLED");
        CommandLine line = CommandLine.parse(List.of("--weft.part=a"), environment);
        assertThat(line.weft()).containsExactly(Map.entry("part", "a"));
        assertThat(line.metadata()).isEmpty();
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> settings(without("INSTANCE_IP"))).hasMessageContaining("INSTANCE_IP is missing");
        assertThatThrownBy(() -> settings(without("POD_NAME"))).hasMessageContaining("--weft.part is missing").hasMessageContaining("POD_NAME");
        assertThatThrownBy(() -> settings(with("INSTANCE_IP", "reviews"))).hasMessageContaining("INSTANCE_IP: reviews (expected");
        assertThatThrownBy(() -> settings(with("ISTIO_META_INTERCEPTION_MODE", "REDIRECT")))
                .hasMessageContaining("ISTIO_META_INTERCEPTION_MODE: REDIRECT (expected: NONE");
        assertThatThrownBy(() -> settings(with("ISTIO_META_X", "x".repeat(5000)))).hasMessageContaining("5000 characters");
        assertThatThrownBy(() -> settings(with("WEFT_KUBERNETES_ENABLED", "yes"))).hasMessageContaining("expected: true or false");
        Map<String, String> many = new HashMap<>(POD);
        for (int i = 0; i < 100; i++) {
            many.put("ISTIO_META_N" + i, "x");
        }
        assertThatThrownBy(() -> settings(many)).hasMessageContaining("at most 64");
    }

    @Test
    void theAgentHasTheSamePlaces() {
        AgentArguments agent = AgentArguments.parse(Map.of(
                "WEFT_KUBERNETES_ENABLED", "true", "POD_NAME", "istio-pilot-1", "POD_NAMESPACE", "istio-system", "SERVICE_ACCOUNT", "mesh-pilot"));
        assertThat(agent.outDir()).isEqualTo(Path.of("/etc/certs"));
        assertThat(agent.identity().id().uri()).isEqualTo("spiffe://cluster.local/ns/istio-system/sa/mesh-pilot");
        assertThat(agent.identity().caHost()).isEqualTo("istio-citadel.istio-system.svc");
        assertThat(agent.identity().tokenFile()).isEqualTo(Path.of("/var/run/secrets/tokens/istio-token"));
        assertThat(agent.identity().projectedToken()).isTrue();
        assertThat(agent.identity().cacheDir()).isEqualTo(Path.of("/etc/istio/proxy"));
    }

    private static WorkloadSettings settings(Map<String, String> environment, String... args) {
        CommandLine line = CommandLine.parse(List.of(args), environment);
        return WorkloadSettings.of(line.weft(), line.metadata());
    }

    private static Map<String, String> with(String... pairs) {
        Map<String, String> all = new HashMap<>(POD);
        for (int i = 0; i < pairs.length; i += 2) {
            all.put(pairs[i], pairs[i + 1]);
        }
        return all;
    }

    private static Map<String, String> without(String name) {
        Map<String, String> all = new HashMap<>(POD);
        all.remove(name);
        return all;
    }

    private static String text(Struct struct, String key) {
        return struct.getFieldsOrThrow(key).getStringValue();
    }
}
