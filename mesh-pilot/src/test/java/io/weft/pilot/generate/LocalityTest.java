package io.weft.pilot.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.weft.pilot.MeshYaml;
import io.weft.pilot.state.MeshState;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The reference mesh's {@code localityLbSetting}. */
class LocalityTest {

    private static final String CLUSTER = "outbound|80||books.mesh";
    private static final String OUTLIER = "outlierDetection: {consecutive5xxErrors: 5}";

    private static final String BOOKS = """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: books, namespace: default}
            spec:
              hosts: [books.mesh]
              ports: [{number: 80, name: http, protocol: HTTP}]
              location: MESH_INTERNAL
              resolution: STATIC
              endpoints:
              - {address: 10.0.0.1, locality: eu/a/1, labels: {version: v1}}
              - {address: 10.0.0.2, locality: eu/a/2, labels: {version: v2}}
              - {address: 10.0.0.3, locality: eu/b/1, labels: {version: v1}}
              - {address: 10.0.0.4, locality: us/a/1, labels: {version: v1}}
              - {address: 10.0.0.5, locality: us/a/1, labels: {version: v2}}
              - {address: 10.0.0.6, locality: ap/a/1, labels: {version: v1}}
            """;

    @Test
    void nearerLocalitiesComeFirst_onceFailuresAreNoticed() {
        assertThat(groups("eu/a/1", OUTLIER))
                .containsExactly("0 eu/a/1 [1]", "1 eu/a/2 [2]", "2 eu/b/1 [3]", "3 ap/a/1 [6]", "3 us/a/1 [4, 5]");
        assertThat(groups("ap/z/9", OUTLIER))
                .as("no priority is left out")
                .containsExactly("0 ap/a/1 [6]", "1 eu/a/1 [1]", "1 eu/a/2 [2]", "1 eu/b/1 [3]", "1 us/a/1 [4, 5]");
    }

    @Test
    void withoutOutlierDetection_orWithoutAPlace_orSwitchedOff_allAreAlike() {
        for (List<String> each : List.of(
                List.of("eu/a/1", "connectionPool: {tcp: {maxConnections: 9}}"),
                List.of("", OUTLIER),
                List.of("eu/a/1", OUTLIER + ", loadBalancer: {localityLbSetting: {enabled: false}}"))) {
            assertThat(groups(each.get(0), each.get(1))).hasSize(5).allSatisfy(group -> assertThat(group).startsWith("0 "));
        }
    }

    @Test
    void aRegionsFailover_comesBeforeTheOtherRegions() {
        assertThat(groups("eu/a/1", OUTLIER + ", loadBalancer: {localityLbSetting: {failover: [{from: eu, to: us}]}}"))
                .containsExactly("0 eu/a/1 [1]", "1 eu/a/2 [2]", "2 eu/b/1 [3]", "3 us/a/1 [4, 5]", "4 ap/a/1 [6]");
    }

    @Test
    void labelsMaySayWhatIsNear() {
        String priority = OUTLIER + ", loadBalancer: {localityLbSetting: {failoverPriority: [topology.kubernetes.io/region, version]}}";
        assertThat(groups(Proxies.at("us/a/1", Map.of("version", "v2")), priority))
                .containsExactly("0 us/a/1 [5]", "1 us/a/1 [4]", "2 ap/a/1 [6]", "2 eu/a/1 [1]", "2 eu/a/2 [2]", "2 eu/b/1 [3]");
        String pair = OUTLIER + ", loadBalancer: {localityLbSetting: {failoverPriority: ['version=v1']}}";
        assertThat(groups(Proxies.at("", Map.of()), pair))
                .containsExactly("0 ap/a/1 [6]", "0 eu/a/1 [1]", "0 eu/b/1 [3]", "0 us/a/1 [4]", "1 eu/a/2 [2]", "1 us/a/1 [5]");
    }

    @Test
    void trafficIsDistributed_asTheUserSays() {
        String rule = rule("loadBalancer: {localityLbSetting: {distribute: [{from: 'us/*', to: {'us/*': 100}}, {from: 'eu/a/*', to: {'eu/a/1': 70, 'eu/a/2': 20, 'us/*': 10}}]}}");
        MeshState state = MeshYaml.state(BOOKS, rule);
        Generated generated = Generated.of(state, Proxies.at("eu/a/1", Map.of()));

        assertThat(generated.endpoints(CLUSTER).getEndpointsList())
                .extracting(group -> group.getLocality().getRegion() + "/" + group.getLocality().getZone() + "/" + group.getLocality().getSubZone()
                        + " " + group.getLoadBalancingWeight().getValue())
                .containsExactly("eu/a/1 70", "eu/a/2 20", "us/a/1 10");
        Cluster cluster = generated.cluster(CLUSTER);
        assertThat(cluster.getCommonLbConfig().hasLocalityWeightedLbConfig()).isTrue();
        assertThat(Generated.of(state, Proxies.at("ap/a/1", Map.of())).endpoints(CLUSTER).getEndpointsCount())
                .as("nothing is said of its place")
                .isEqualTo(5);
    }

    /** A registered workload is where its group says, unless its node says otherwise. */
    @Test
    void aWorkloadGroupSaysWhereItsWorkloadsAre() {
        String group = """
                apiVersion: networking.istio.io/v1
                kind: WorkloadGroup
                metadata: {name: reviews-v1, namespace: default}
                spec:
                  template: {serviceAccount: bookinfo-reviews, locality: us/a/1, ports: {http: 9080}}
                """;
        Generated generated = Generated.of(
                MeshYaml.state(BOOKS, rule(OUTLIER), group), Proxies.sidecar("reviews", "v1", 9080, 21001, 21101));

        assertThat(generated.endpoints(CLUSTER).getEndpoints(0).getLocality().getRegion()).isEqualTo("us");
        assertThat(generated.endpoints(CLUSTER).getEndpoints(0).getPriority()).isZero();
    }

    private static List<String> groups(String locality, String policy) {
        return groups(Proxies.at(locality, Map.of()), policy);
    }

    private static List<String> groups(Proxy client, String policy) {
        return Generated.of(MeshYaml.state(BOOKS, rule(policy)), client).endpoints(CLUSTER).getEndpointsList().stream()
                .map(LocalityTest::shown)
                .toList();
    }

    private static String shown(LocalityLbEndpoints group) {
        return group.getPriority() + " " + group.getLocality().getRegion() + "/" + group.getLocality().getZone() + "/"
                + group.getLocality().getSubZone() + " "
                + group.getLbEndpointsList().stream()
                        .map(endpoint -> endpoint.getEndpoint().getAddress().getSocketAddress().getAddress().substring("10.0.0.".length()))
                        .collect(Collectors.toList());
    }

    private static String rule(String policy) {
        return "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: books, namespace: default}\nspec: {host: books.mesh, trafficPolicy: {"
                + policy + "}}\n";
    }
}
