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

    @Test
    void whatTheMeshDoesNotKnow_goesToItself_orToTheSidecarsEgressProxy() {
        String listeners = "{port: {number: 7000, protocol: HTTP, name: http}, hosts: ['default/*']}, "
                + "{port: {number: 7001, protocol: TCP, name: tcp}, hosts: ['default/*']}, {hosts: ['default/*', 'istio-system/*']}";
        Generated direct = generated(sidecar(listeners));
        assertThat(unknown(direct, "http_proxy")).isEqualTo("PassthroughCluster");
        assertThat(direct.names(ResourceType.LISTENER)).doesNotContain("127.0.0.1_7001");

        String gateway = "apiVersion: v1\nkind: Service\nmetadata: {name: egress, namespace: istio-system}\nspec: {ports: [{port: 8443, name: http}]}\n";
        Generated proxied = generated(gateway, sidecar(listeners)
                + "  outboundTrafficPolicy: {mode: ALLOW_ANY, egressProxy: {host: egress.istio-system.svc.cluster.local, port: {number: 8443}}}\n");
        String egress = "outbound|8443||egress.istio-system.svc.cluster.local";
        assertThat(unknown(proxied, "http_proxy")).isEqualTo(egress);
        assertThat(unknown(proxied, "7000")).isEqualTo(egress);
        assertThat(Generated.tcp(proxied.listener("127.0.0.1_7001").getFilterChains(0)).getCluster()).isEqualTo(egress);
        assertThat(proxied.names(ResourceType.CLUSTER)).contains(egress);
    }

    private static String unknown(Generated generated, String routes) {
        return generated.host(routes, "allow_any").getRoutes(0).getRoute().getCluster();
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
