package io.weft.pilot.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.pilot.MeshYaml;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a Sidecar's egress hides: rules too, not only services. */
class EgressScopeTest {

    /** A rule for another namespace's service, by a third party. */
    private static final String RULE = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: detour, namespace: other}
            spec:
              hosts: [reviews.default.svc.cluster.local]
              http: [{route: [{destination: {host: ratings.default.svc.cluster.local}}]}]
            """;

    @Test
    void withoutASidecar_everyExportedRuleHolds() {
        assertThat(cluster(generated())).isEqualTo("outbound|9080||ratings.default.svc.cluster.local");
    }

    @Test
    void rulesOfNamespacesThatAreNotImported_doNotHold() {
        assertThat(cluster(generated(sidecar("{hosts: ['default/*']}")))).isEqualTo("outbound|9080||reviews.default.svc.cluster.local");
        assertThat(cluster(generated(sidecar("{hosts: ['default/*', 'other/*']}"))))
                .isEqualTo("outbound|9080||ratings.default.svc.cluster.local");
        assertThat(cluster(generated(sidecar("{hosts: ['default/*', 'other/details.default.svc.cluster.local']}"))))
                .as("the host is not among those")
                .isEqualTo("outbound|9080||reviews.default.svc.cluster.local");
    }

    @Test
    void eachListenerHasItsOwn() {
        Generated generated = generated(sidecar(
                "{port: {number: 9080, protocol: HTTP, name: http}, hosts: ['default/*', 'other/*']}, {hosts: ['default/*']}"));

        assertThat(cluster(generated)).isEqualTo("outbound|9080||reviews.default.svc.cluster.local");
        assertThat(generated.host("9080", "reviews.default.svc.cluster.local:9080").getRoutes(0).getRoute().getCluster())
                .isEqualTo("outbound|9080||ratings.default.svc.cluster.local");
    }

    private static String cluster(Generated generated) {
        return generated.proxyRoutes("reviews.default.svc.cluster.local:9080").get(0).getRoute().getCluster();
    }

    private static String sidecar(String egress) {
        return "apiVersion: networking.istio.io/v1\nkind: Sidecar\nmetadata: {name: default, namespace: default}\nspec:\n  egress: [" + egress + "]\n";
    }

    private static Generated generated(String... more) {
        String[] all = new String[more.length + 2];
        all[0] = MeshYaml.file("bookinfo.yaml");
        all[1] = RULE;
        System.arraycopy(more, 0, all, 2, more.length);
        return Generated.of(MeshYaml.state(all), Proxies.client("default", Map.of()));
    }
}
