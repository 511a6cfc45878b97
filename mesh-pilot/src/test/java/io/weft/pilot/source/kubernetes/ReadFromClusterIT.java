package io.weft.pilot.source.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.weft.pilot.TestPki;
import io.weft.pilot.model.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is read of Kubernetes' own kinds, and what is left alone. */
class ReadFromClusterIT extends NeedsPlace {

    @Test
    void servicesPodsSlicesAndNodesAreSeen() {
        cluster.core().services().inNamespace("default").resource(new ServiceBuilder()
                        .withNewMetadata().withName("ratings").withNamespace("default").endMetadata()
                        .withNewSpec()
                        .addToSelector("app", "ratings")
                        .withClusterIP("10.0.0.7")
                        .withTrafficDistribution("PreferClose")
                        .withAllocateLoadBalancerNodePorts(true)
                        .addNewPort().withName("http").withPort(9080).withNewTargetPort(9081).endPort()
                        .endSpec()
                        .withNewStatus().endStatus()
                        .build())
                .create();
        cluster.core().pods().inNamespace("default").resource(new PodBuilder()
                        .withNewMetadata().withName("ratings-7d9-x1").withNamespace("default")
                        .addToLabels(Map.of("app", "ratings", "version", "v1", "pod-template-hash", "7d9"))
                        .addNewOwnerReference().withKind("ReplicaSet").withName("ratings-7d9").withController(true).withApiVersion("apps/v1").withUid("u").endOwnerReference()
                        .endMetadata()
                        .withNewSpec().withServiceAccountName("bookinfo-ratings").withNodeName("node-1").endSpec()
                        .build())
                .create();
        cluster.core().nodes().resource(new NodeBuilder()
                        .withNewMetadata().withName("node-1")
                        .addToLabels(Map.of("topology.kubernetes.io/region", "r1", "topology.kubernetes.io/zone", "z1"))
                        .endMetadata()
                        .build())
                .create();
        cluster.core().discovery().v1().endpointSlices().inNamespace("default").resource(new EndpointSliceBuilder()
                        .withNewMetadata().withName("ratings-abc").withNamespace("default").addToLabels("kubernetes.io/service-name", "ratings").endMetadata()
                        .withAddressType("IPv4")
                        .addNewPort().withName("http").withPort(9081).endPort()
                        .addNewEndpoint().withAddresses("10.1.0.4").withNewConditions().withReady(true).endConditions()
                        .withNewTargetRef().withKind("Pod").withName("ratings-7d9-x1").endTargetRef().withNodeName("node-1").endEndpoint()
                        .addNewEndpoint().withAddresses("10.1.0.5").withNewConditions().withReady(false).endConditions().endEndpoint()
                        .build())
                .create();
        await().atMost(PATIENCE).untilAsserted(() -> {
            assertThat(place.place.cluster().pod("default", "ratings-7d9-x1")).hasValueSatisfying(pod -> {
                assertThat(pod.workload()).isEqualTo("ratings");
                assertThat(pod.serviceAccount()).isEqualTo("bookinfo-ratings");
            });
            assertThat(place.place.cluster().locality("node-1")).isEqualTo("r1/z1/");
            assertThat(place.place.cluster().slices("default", "ratings")).singleElement().satisfies(slice -> {
                assertThat(slice.ports()).singleElement().satisfies(port -> assertThat(port.number()).isEqualTo(9081));
                assertThat(slice.endpoints()).extracting(endpoint -> endpoint.address() + endpoint.ready()).containsExactly("10.1.0.4true", "10.1.0.5false");
            });
            // A newer server's fields are no reason to refuse a Service.
            assertThat(place.object(Kind.SERVICE, "default", "ratings")).isPresent();
        });
        cluster.core().pods().inNamespace("default").withName("ratings-7d9-x1").delete();
        await().atMost(PATIENCE).until(() -> place.place.cluster().pod("default", "ratings-7d9-x1").isEmpty());
    }

    @Test
    void namespacesThatAreNotChosenAreLeftOut() {
        apply(service("unseen", "v1"));
        cluster.core().namespaces().resource(new NamespaceBuilder().withNewMetadata().withName("default").endMetadata().build()).create();
        place.close();
        place = new OpenedPlace(new KubernetesPlace.Server(cluster.kubeconfig(), "mesh=yes", Duration.ofSeconds(10)), state, admission());
        await().atMost(PATIENCE).until(() -> place.place.isComplete());
        assertThat(subset("unseen")).isEmpty();
        cluster.core().namespaces().withName("default").edit(namespace -> new NamespaceBuilder(namespace).editMetadata().addToLabels("mesh", "yes").endMetadata().build());
        await().atMost(PATIENCE).until(() -> subset("unseen").contains("subset=v1"));
    }

    @Test
    void onlySecretsThatGatewaysNameAreRead() {
        TestPki pki = TestPki.create("cluster.local");
        for (String name : List.of("named-credential", "other-credential")) {
            cluster.core().secrets().inNamespace("istio-system").resource(secret(pki, name)).create();
        }
        apply("""
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: edge, namespace: default}
                spec:
                  selector: {istio: ingressgateway}
                  servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: SIMPLE, credentialName: named-credential}}]
                """);
        await().atMost(PATIENCE).until(() -> place.object(Kind.SECRET, "istio-system", "named-credential").isPresent());
        assertThat(place.object(Kind.SECRET, "istio-system", "other-credential")).isEmpty();
        assertThat(cluster.requests().stream().filter(request -> request.contains("/secrets")).collect(Collectors.toSet()))
                .isNotEmpty()
                .allSatisfy(request -> assertThat(request).contains("/namespaces/istio-system/secrets?", "fieldSelector=metadata.name%3Dnamed-credential"));
        place.close();
        assertThat(kept()).contains("edge").doesNotContain("tls.key");

        open();
        assertThat(place.object(Kind.SECRET, "istio-system", "named-credential")).isPresent();
        cluster.server().delete("/apis/networking.istio.io/v1/namespaces/default/gateways/edge");
        await().atMost(PATIENCE).until(() -> place.object(Kind.SECRET, "istio-system", "named-credential").isEmpty());
    }

    @Test
    void aSecretThatIsNotForTls_isRefused_andOfOneThatIs_onlyWhatTlsNeedsIsTaken() {
        var secrets = cluster.core().secrets().inNamespace("istio-system");
        secrets.resource(new SecretBuilder(secret(TestPki.create("cluster.local"), "mixed")).withType("Opaque").addToData("password", base64("hunter2")).build()).create();
        secrets.resource(new SecretBuilder(secret(TestPki.create("cluster.local"), "foreign")).withType("istio.io/ca-root").build()).create();
        secrets.resource(new SecretBuilder().withNewMetadata().withName("empty").withNamespace("istio-system").endMetadata().addToData("password", base64("hunter2")).build()).create();
        for (String name : List.of("mixed", "foreign", "empty", "istio-ca-secret")) {
            apply("""
                    apiVersion: networking.istio.io/v1
                    kind: Gateway
                    metadata: {name: names-%1$s, namespace: default}
                    spec:
                      selector: {istio: ingressgateway}
                      servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: SIMPLE, credentialName: %1$s}}]
                    """.formatted(name));
        }
        await().atMost(PATIENCE).until(() -> place.refusal("foreign").isPresent() && place.refusal("empty").isPresent());
        assertThat(place.refusal("foreign").orElseThrow().toString()).contains("secrets/istio-system/foreign", "type: \"istio.io/ca-root\" (expected: kubernetes.io/tls or Opaque");
        assertThat(place.refusal("empty").orElseThrow().toString()).contains("data: missing (expected: tls.crt and tls.key").doesNotContain("password");
        await().atMost(PATIENCE).until(() -> place.object(Kind.SECRET, "istio-system", "mixed").isPresent());
        assertThat(place.inForce(Kind.SECRET, "istio-system", "mixed")).contains("tls.key").doesNotContain("password");
        assertThat(place.refusal("names-istio-ca-secret").orElseThrow().toString()).contains("spec.servers[0].tls.credentialName", "mesh-ca's key");
        assertThat(cluster.requests()).noneMatch(request -> request.contains("istio-ca-secret"));
        for (String name : List.of("mixed", "foreign", "empty", "istio-ca-secret")) {
            cluster.server().delete("/apis/networking.istio.io/v1/namespaces/default/gateways/names-" + name);
        }
    }

    @Test
    void aSecretThatIsNotGivenNowIsWaitedFor_oneThatIsForbiddenIsNot() {
        cluster.core().secrets().inNamespace("istio-system").resource(secret(TestPki.create("cluster.local"), "slow-credential")).create();
        apply("""
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: slow, namespace: default}
                spec:
                  selector: {istio: ingressgateway}
                  servers: [{port: {number: 443, name: https, protocol: HTTPS}, hosts: ["*"], tls: {mode: SIMPLE, credentialName: slow-credential}}]
                """);
        place.close();
        cluster.fails("/secrets", 503);
        place = opened();
        await().atMost(PATIENCE).until(() -> place.place.details().getOrDefault("trouble", "").toString().contains("secrets/slow-credential"));
        assertThat(place.place.isComplete()).as("an empty answer would take the gateways' certificate away").isFalse();
        cluster.fails("", 0);
        await().atMost(PATIENCE).until(() -> place.place.isComplete());
        assertThat(place.object(Kind.SECRET, "istio-system", "slow-credential")).isPresent();

        place.close();
        cluster.fails("/secrets", 403);
        place = opened();
        await().atMost(PATIENCE).until(() -> place.place.isComplete());
        assertThat(place.object(Kind.SECRET, "istio-system", "slow-credential")).isEmpty();
        cluster.fails("", 0);
        await().atMost(PATIENCE).until(() -> place.object(Kind.SECRET, "istio-system", "slow-credential").isPresent());
        cluster.server().delete("/apis/networking.istio.io/v1/namespaces/default/gateways/slow");
    }

    private String kept() {
        try {
            return Files.readString(state.resolve("accepted-kubernetes.jsonl"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Secret secret(TestPki pki, String name) {
        TestPki.Leaf leaf = pki.workload("istio-system", name);
        return new SecretBuilder()
                .withNewMetadata().withName(name).withNamespace("istio-system").endMetadata()
                .withType("kubernetes.io/tls")
                .withStringData(null)
                .addToData("tls.crt", base64(TestPki.certificatePem(leaf)))
                .addToData("tls.key", base64(TestPki.keyPem(leaf)))
                .build();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
