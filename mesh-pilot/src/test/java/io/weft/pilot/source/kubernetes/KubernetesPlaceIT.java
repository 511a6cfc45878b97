package io.weft.pilot.source.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.weft.pilot.model.Kind;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.source.ConfigStore.Change;
import io.weft.pilot.source.ReadOnlyException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An API server as the place where configuration comes from. */
class KubernetesPlaceIT extends NeedsPlace {

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
}
