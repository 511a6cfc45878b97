package io.weft.pilot.source.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.weft.pilot.TestPki;
import io.weft.pilot.apiserver.NeedsCluster;
import io.weft.pilot.model.Kind;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.Problem;
import io.weft.pilot.source.Admission;
import io.weft.pilot.source.ConfigStore.Change;
import io.weft.pilot.source.ReadOnlyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An API server as the place where configuration comes from. */
class KubernetesPlaceIT extends NeedsCluster {

    @TempDir
    Path state;

    private final AtomicBoolean refusing = new AtomicBoolean();
    private OpenedPlace place;

    @BeforeEach
    void open() {
        place = opened();
        await().atMost(PATIENCE).until(() -> place.place.isComplete());
    }

    private OpenedPlace opened() {
        return new OpenedPlace(cluster.kubeconfig(), state, admission());
    }

    /** Refuses SpringRoutes while the test says so. */
    private Admission admission() {
        return (object, all) -> refusing.get() && object.meta().kind() == Kind.SPRING_ROUTE
                ? List.of(new Problem("spec.filters[0].name", "as the test wants"))
                : List.of();
    }

    @AfterEach
    void close() {
        place.close();
        cluster.openDoor();
        cluster.fails("", 0);
    }

    private static String service(String name, String subset) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: %s, namespace: default}
                spec: {hosts: [reviews], http: [{route: [{destination: {host: reviews, subset: %s}}]}]}
                """
                .formatted(name, subset);
    }

    /** The schema takes any text; that this one is no regular expression only the parser knows. */
    private static String notARegex(String name) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: %s, namespace: default}
                spec: {hosts: [reviews], http: [{match: [{uri: {regex: "("}}], route: [{destination: {host: reviews}}]}]}
                """
                .formatted(name);
    }

    private static void apply(String yaml) {
        assertThat(cluster.server().apply(yaml)).isEmpty();
    }

    private static void delete(String name) {
        cluster.server().delete("/apis/networking.istio.io/v1/namespaces/default/virtualservices/" + name);
    }

    private String subset(String name) {
        return place.inForce(Kind.VIRTUAL_SERVICE, "default", name);
    }

    @Test
    void whatIsAppliedComesIntoForce_changes_andGoes() {
        apply(service("comes", "v1"));
        await().atMost(PATIENCE).until(() -> subset("comes").contains("subset=v1"));
        assertThat(place.object(Kind.VIRTUAL_SERVICE, "default", "comes").orElseThrow().object().meta()).satisfies(meta -> {
            assertThat(meta.resourceVersion()).isNotEmpty();
            assertThat(meta.generation()).isEqualTo(1);
            assertThat(meta.creationTimestamp()).isAfter(Instant.EPOCH);
        });
        apply(service("comes", "v2"));
        await().atMost(PATIENCE).until(() -> subset("comes").contains("subset=v2"));
        delete("comes");
        await().atMost(PATIENCE).until(() -> subset("comes").isEmpty());
    }

    @Test
    void whatTheServerRefusesNeverGetsHere() {
        assertThat(cluster.server().apply(service("wrong", "v1").replace("http:", "htttp:"))).contains("htttp");
        assertThat(subset("wrong")).isEmpty();
        assertThat(place.refusal("wrong")).isEmpty();
    }

    @Test
    void whatTheParserRefusesIsTold_andTheLastGoodOneStays_alsoOverARestart() {
        apply(service("broken", "v1"));
        await().atMost(PATIENCE).until(() -> subset("broken").contains("subset=v1"));
        apply(notARegex("broken"));
        await().atMost(PATIENCE).until(() -> place.refusal("broken").isPresent());
        assertThat(place.refusal("broken").orElseThrow()).satisfies(refusal -> {
            assertThat(refusal.lastGoodInForce()).isTrue();
            assertThat(refusal.toString()).startsWith("virtualservices.networking.istio.io/default/broken").contains("spec.http[0].match[0].uri.regex");
        });
        assertThat(subset("broken")).contains("subset=v1");

        place.close();
        open();
        assertThat(place.refusal("broken").orElseThrow().lastGoodInForce()).isTrue();
        assertThat(subset("broken")).contains("subset=v1");

        // Another object of that name has no good version, however soon it comes.
        delete("broken");
        await().atMost(PATIENCE).until(() -> subset("broken").isEmpty());
        apply(notARegex("broken"));
        await().atMost(PATIENCE).until(() -> place.refusal("broken").filter(refusal -> !refusal.lastGoodInForce()).isPresent());
        assertThat(subset("broken")).isEmpty();
        delete("broken");
        await().atMost(PATIENCE).until(() -> place.refusal("broken").isEmpty());
    }

    private static String policy(String block) {
        return """
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: shut, namespace: default}
                spec: {selector: {matchLabels: {app: reviews}}, action: DENY, rules: [{from: [{source: {ipBlocks: [%s]}}]}]}
                """
                .formatted(block);
    }

    @Test
    void aPolicyThatIsRefusedAndNeverWasGood_shutsTheDoor_alsoForAPilotThatStartsAnew() {
        apply(policy("10.0.0.999"));
        await().atMost(PATIENCE).until(() -> place.refusal("shut").isPresent());
        assertThat(place.refusal("shut").orElseThrow().toString()).contains("ipBlocks", "until it is mended the workloads it selects deny everything");
        assertThat(place.place.store().current().standIns()).singleElement().satisfies(object -> assertThat(object.name()).isEqualTo("shut"));
        assertThat(place.object(Kind.AUTHORIZATION_POLICY, "default", "shut")).as("nobody wrote it").isEmpty();

        place.close();
        open();
        assertThat(place.place.store().current().standIns()).hasSize(1);
        assertThat(place.refusal("shut").orElseThrow().lastGoodInForce()).isFalse();

        apply(policy("10.0.0.9"));
        await().atMost(PATIENCE).until(() -> place.object(Kind.AUTHORIZATION_POLICY, "default", "shut").isPresent());
        assertThat(place.place.store().current().standIns()).isEmpty();
        apply(policy("10.0.0.999"));
        await().atMost(PATIENCE).until(() -> place.refusal("shut").isPresent());
        assertThat(place.refusal("shut").orElseThrow().lastGoodInForce()).isTrue();
        assertThat(place.place.store().current().standIns()).as("what was good stays").isEmpty();
        cluster.server().delete("/apis/security.istio.io/v1/namespaces/default/authorizationpolicies/shut");
        await().atMost(PATIENCE).until(() -> place.refusal("shut").isEmpty());
    }

    @Test
    void whatAdmissionRefusesWaitsUntilItMay() {
        refusing.set(true);
        apply("""
                apiVersion: gateway.weft.io/v1alpha1
                kind: SpringRoute
                metadata: {name: waits, namespace: istio-system}
                spec: {uri: "lb://reviews", predicates: [Path=/a], filters: [StripPrefix=1]}
                """);
        await().atMost(PATIENCE).until(() -> place.refusal("waits").isPresent());
        assertThat(place.object(Kind.SPRING_ROUTE, "istio-system", "waits")).isEmpty();
        refusing.set(false);
        place.place.recheck();
        await().atMost(PATIENCE).until(() -> place.object(Kind.SPRING_ROUTE, "istio-system", "waits").isPresent());
        assertThat(place.refusal("waits")).isEmpty();
    }

    @Test
    void aNoteInTheStatusIsNoChange() {
        apply(service("noted", "v1"));
        await().atMost(PATIENCE).until(() -> subset("noted").contains("subset=v1"));
        String version = place.object(Kind.VIRTUAL_SERVICE, "default", "noted").orElseThrow().object().meta().resourceVersion();
        int before = place.changes.get();
        var answer = cluster.server()
                .send(
                        "/apis/networking.istio.io/v1/namespaces/default/virtualservices/noted/status",
                        "PATCH",
                        "{\"status\": {\"observedGeneration\": 1}}",
                        "application/merge-patch+json");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        await().atMost(PATIENCE)
                .until(() -> !place.object(Kind.VIRTUAL_SERVICE, "default", "noted").orElseThrow().object().meta().resourceVersion().equals(version));
        assertThat(place.changes).hasValue(before);
    }

    @Test
    void twoAuthors_theServerTellsTheSlowerOne_andMeshPilotWritesNothing() {
        apply(service("contested", "v1"));
        await().atMost(PATIENCE).until(() -> subset("contested").contains("subset=v1"));
        String path = "/apis/networking.istio.io/v1/namespaces/default/virtualservices/contested";
        String seen = cluster.server().get(path).body();
        apply(service("contested", "v2"));
        assertThat(cluster.server().send(path, "PUT", seen.replace("v1\"}", "v3\"}"), "application/json").statusCode()).isEqualTo(409);
        await().atMost(PATIENCE).until(() -> subset("contested").contains("subset=v2"));

        ObjectKey key = new ObjectKey(Kind.VIRTUAL_SERVICE, "default", "contested");
        assertThatThrownBy(() -> place.place.store().change(List.of(Change.delete(key, null)), false))
                .isInstanceOf(ReadOnlyException.class)
                .hasMessageContaining("kubectl");
        assertThat(cluster.requests()).isNotEmpty().allSatisfy(request -> assertThat(request).startsWith("GET "));
    }

    @Test
    void afterAWatchThatCannotGoOn_everythingIsListedAgain_andNothingIsLostMeanwhile() {
        apply(service("stays", "v1"));
        apply(service("leaves", "v1"));
        await().atMost(PATIENCE).until(() -> subset("stays").contains("subset=v1") && subset("leaves").contains("subset=v1"));
        int told = cluster.toldGone();

        cluster.shutDoor();
        apply(service("stays", "v2"));
        apply(service("arrives", "v1"));
        delete("leaves");
        cluster.server().compact();
        assertThat(subset("stays")).contains("subset=v1");
        assertThat(subset("leaves")).contains("subset=v1");
        cluster.openDoor();

        await().atMost(PATIENCE).until(() -> subset("stays").contains("subset=v2") && subset("leaves").isEmpty());
        assertThat(subset("arrives")).contains("subset=v1");
        assertThat(cluster.toldGone()).isGreaterThan(told);
    }

    @Test
    void whileTheServerIsAway_whatWasReadStays_andAfterwardsItGoesOn() {
        apply(service("endures", "v1"));
        await().atMost(PATIENCE).until(() -> subset("endures").contains("subset=v1"));
        int objects = place.place.store().current().objects().size();
        int asked = cluster.requests().size();
        cluster.server().stop();
        // Several watches have tried in vain.
        await().atMost(PATIENCE).until(() -> cluster.requests().size() > asked + 10);
        assertThat(place.place.store().current().objects()).hasSize(objects);
        assertThat(place.place.isComplete()).isTrue();
        cluster.server().start();
        apply(service("endures", "v2"));
        await().atMost(PATIENCE).until(() -> subset("endures").contains("subset=v2"));
    }

    @Test
    void aServerThatSaysNothingAnyMore_isNoticed_andWhatComesBackIsConnectedToAnew() {
        apply(service("heard", "v1"));
        apply(service("missed", "v1"));
        place.close();
        place = new OpenedPlace(new KubernetesPlace.Server(cluster.kubeconfig(), "", Duration.ofMillis(500)), state, admission());
        await().atMost(PATIENCE).until(() -> subset("heard").contains("subset=v1") && subset("missed").contains("subset=v1"));
        cluster.fallSilent();
        await().atMost(PATIENCE).until(() -> String.valueOf(place.place.details().get("trouble")).contains("/version=no answer within 500 ms"));
        apply(service("heard", "v2"));
        delete("missed");
        assertThat(subset("heard")).contains("subset=v1");
        // Nobody hangs up: who listens to a connection of before hears nothing of it, ever.
        cluster.speakAgain();
        await().atMost(PATIENCE).until(() -> subset("heard").contains("subset=v2") && subset("missed").isEmpty());
        await().atMost(PATIENCE).until(() -> !place.place.details().containsKey("trouble"));
        delete("heard");
        await().atMost(PATIENCE).until(() -> subset("heard").isEmpty());
    }

    @Test
    void beforeEverythingIsRead_thereIsNothing() {
        place.close();
        cluster.shutDoor();
        place = opened();
        await().atMost(PATIENCE).until(() -> place.place.details().containsKey("trouble"));
        assertThat(place.place.isComplete()).isFalse();
        assertThat(place.changes).hasValue(0);
        assertThat(place.place.details().get("awaited").toString()).contains("virtualservices.networking.istio.io", "pods", "endpointslices");
        cluster.openDoor();
        await().atMost(PATIENCE).until(() -> place.place.isComplete() && place.changes.get() > 0);
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
    void askedIsWhatTheRolesAllow_andNothingElse() {
        Set<String> paths = cluster.requests().stream()
                .map(request -> request.substring("GET ".length()).split("\\?", 2)[0])
                .collect(Collectors.toSet());
        Set<String> allowed = WatchedResource.where(resource -> resource.scope() == WatchedResource.Scope.CLUSTER).stream()
                .map(resource -> (resource.group().isEmpty() ? "/api/" : "/apis/" + resource.group() + "/") + resource.version() + "/" + resource.plural())
                .collect(Collectors.toSet());
        allowed.add("/api/v1/namespaces/istio-system/secrets");
        // Which Kubernetes answers to everybody.
        allowed.add("/version");
        assertThat(allowed).containsAll(paths);
    }
}
