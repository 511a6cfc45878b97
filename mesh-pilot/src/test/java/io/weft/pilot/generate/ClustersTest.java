package io.weft.pilot.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.weft.pilot.MeshYaml;
import io.weft.pilot.model.Kind;
import io.weft.pilot.model.MeshSettings;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.state.MeshState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a DestinationRule means: page A.2 of the reference; and mTLS, docs/contracts.md. */
class ClustersTest {

    private static final String REVIEWS = "outbound|9080||reviews.default.svc.cluster.local";
    private static final String V1 = "outbound|9080|v1|reviews.default.svc.cluster.local";

    private static Generated from(String namespace, String... yaml) {
        String[] all = new String[yaml.length + 2];
        all[0] = MeshYaml.file("bookinfo.yaml");
        all[1] = MeshYaml.file("workloads.yaml");
        System.arraycopy(yaml, 0, all, 2, yaml.length);
        return Generated.of(MeshYaml.state(all), Proxies.client(namespace, Map.of()));
    }

    private static String rule(String namespace, String name, String spec) {
        return "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: " + name + ", namespace: " + namespace
                + "}\nspec:\n" + spec.indent(2);
    }

    @Test
    void withoutRules_defaultsAreTheReferences() {
        Cluster cluster = from("default").cluster(REVIEWS);

        assertThat(cluster.getType()).isEqualTo(Cluster.DiscoveryType.EDS);
        assertThat(cluster.getLbPolicy()).isEqualTo(Cluster.LbPolicy.LEAST_REQUEST);
        assertThat(cluster.getConnectTimeout().getSeconds()).isEqualTo(10);
        assertThat(cluster.getCircuitBreakers().getThresholds(0).getMaxRetries().getValue()).isEqualTo(-1);
        assertThat(cluster.hasOutlierDetection()).isFalse();
        assertThat(cluster.getCommonLbConfig().getHealthyPanicThreshold().getValue()).isZero();
    }

    @Test
    void mtls_isPerEndpoint_andKnowsTheAccounts() {
        Generated generated = from("default");
        Cluster cluster = generated.cluster(REVIEWS);

        assertThat(cluster.getTransportSocketMatchesList())
                .extracting(Cluster.TransportSocketMatch::getName)
                .containsExactly("tlsMode-istio", "tlsMode-disabled");
        UpstreamTlsContext tls = Generated.unpack(
                cluster.getTransportSocketMatches(0).getTransportSocket().getTypedConfig(), UpstreamTlsContext.class);
        assertThat(tls.getSni()).isEqualTo("outbound_.9080_._.reviews.default.svc.cluster.local");
        assertThat(tls.getCommonTlsContext().getAlpnProtocolsList()).containsExactly("istio", "istio-http/1.1");
        SubjectAltNameMatcher name = tls.getCommonTlsContext()
                .getCombinedValidationContext()
                .getDefaultValidationContext()
                .getMatchTypedSubjectAltNames(0);
        assertThat(name.getSanType()).isEqualTo(SubjectAltNameMatcher.SanType.URI);
        assertThat(name.getMatcher().getExact()).isEqualTo("spiffe://cluster.local/ns/default/sa/bookinfo-reviews");
        LbEndpoint endpoint = generated.endpoints(REVIEWS).getEndpoints(0).getLbEndpoints(0);
        assertThat(endpoint.getMetadata()
                        .getFilterMetadataOrThrow("envoy.transport_socket_match")
                        .getFieldsOrThrow("tlsMode")
                        .getStringValue())
                .isEqualTo("istio");
    }

    @Test
    void mtls_isNotOfferedToWhomItsPolicyHasTakeNone_asLongAsItDoes() {
        String policy = """
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: reviews-v2, namespace: default}
                spec: {selector: {matchLabels: {app: reviews, version: v2}}, mtls: {mode: DISABLE}}
                """;
        String workloads = MeshYaml.file("workloads.yaml");
        MeshState before = MeshYaml.state(MeshYaml.file("bookinfo.yaml"), workloads, MeshYaml.file("strict.yaml"));
        MeshState disabled = MeshYaml.state(MeshYaml.file("bookinfo.yaml"), workloads, MeshYaml.file("strict.yaml"), policy);
        Proxy client = Proxies.client("default", Map.of());
        Generator first = new Generator(before);
        assertThat(mtls(first.generate(client))).containsExactly(true, true, true);

        Generator second = first.next(disabled);
        assertThat(mtls(second.generate(client))).containsExactly(true, false, true);
        assertThat(second.generate(client).version(ResourceType.ENDPOINT)).isNotEqualTo(first.generate(client).version(ResourceType.ENDPOINT));
        assertThat(mtls(second.next(before).generate(client))).containsExactly(true, true, true);
    }

    @Test
    void mtls_isNotOfferedToAnEndpointFoundByDns_eitherThen() {
        String entry = """
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: old, namespace: default}
                spec:
                  hosts: [old.example.com]
                  location: MESH_INTERNAL
                  resolution: DNS
                  ports: [{number: 80, name: http, protocol: HTTP}]
                  endpoints: [{address: localhost, labels: {security.istio.io/tlsMode: istio}}]
                """;
        String cluster = "outbound|80||old.example.com";

        assertThat(mtls(from("default", entry).cluster(cluster).getLoadAssignment())).containsExactly(true);
        assertThat(mtls(from("default", entry, MeshYaml.file("strict.yaml").replace("STRICT", "DISABLE")).cluster(cluster).getLoadAssignment()))
                .containsExactly(false);
    }

    private static List<Boolean> mtls(Snapshot snapshot) {
        return mtls(Generated.unpack(snapshot.of(ResourceType.ENDPOINT).get(REVIEWS).any(), ClusterLoadAssignment.class));
    }

    private static List<Boolean> mtls(ClusterLoadAssignment endpoints) {
        return endpoints.getEndpoints(0).getLbEndpointsList().stream()
                .map(endpoint -> endpoint.getMetadata().containsFilterMetadata("envoy.transport_socket_match"))
                .toList();
    }

    @Test
    void subsets_haveClustersAndTheirOwnEndpoints() {
        Generated generated = from("default", MeshYaml.file("destination-rule-all.yaml"));

        assertThat(generated.names(ResourceType.CLUSTER)).contains(REVIEWS, V1);
        assertThat(generated.endpoints(REVIEWS).getEndpoints(0).getLbEndpointsCount()).isEqualTo(3);
        assertThat(generated.endpoints(V1).getEndpoints(0).getLbEndpointsList())
                .extracting(endpoint -> endpoint.getEndpoint().getAddress().getSocketAddress().getPortValue())
                .containsExactly(21001);
    }

    @Test
    void blocks_areInheritedWhole_andPortSettingsReplaceThemAll() {
        Generated generated = from("default", rule("default", "reviews", """
                host: reviews
                trafficPolicy:
                  loadBalancer: {simple: ROUND_ROBIN}
                  connectionPool: {tcp: {maxConnections: 10}, http: {http2MaxRequests: 7}}
                subsets:
                  - name: v1
                    labels: {version: v1}
                    trafficPolicy:
                      connectionPool: {tcp: {maxConnections: 3}}
                  - name: v2
                    labels: {version: v2}
                    trafficPolicy:
                      portLevelSettings:
                        - port: {number: 9080}
                          outlierDetection: {consecutive5xxErrors: 2}
                """));

        Cluster v1 = generated.cluster(V1);
        assertThat(v1.getLbPolicy()).as("inherited").isEqualTo(Cluster.LbPolicy.ROUND_ROBIN);
        assertThat(v1.getCircuitBreakers().getThresholds(0).getMaxConnections().getValue()).isEqualTo(3);
        assertThat(v1.getCircuitBreakers().getThresholds(0).getMaxRequests().getValue())
                .as("nothing is merged inside a block")
                .isEqualTo(-1);
        Cluster v2 = generated.cluster("outbound|9080|v2|reviews.default.svc.cluster.local");
        assertThat(v2.getLbPolicy()).as("replaced wholesale").isEqualTo(Cluster.LbPolicy.LEAST_REQUEST);
        assertThat(v2.getCircuitBreakers().getThresholds(0).getMaxConnections().getValue()).isEqualTo(-1);
        assertThat(v2.getOutlierDetection().getConsecutive5Xx().getValue()).isEqualTo(2);
        assertThat(v2.getOutlierDetection().getEnforcingSuccessRate().getValue()).isZero();
    }

    @Test
    void lookup_isClientThenServiceThenRootNamespace_withoutMerging() {
        String own = rule("client", "r", "host: reviews.default.svc.cluster.local\ntrafficPolicy: {loadBalancer: {simple: RANDOM}}\n");
        String service = rule("default", "r", "host: reviews\ntrafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}\nsubsets: [{name: v1, labels: {version: v1}}]\n");
        String root = rule("istio-system", "r", "host: \"*.local\"\ntrafficPolicy: {connectionPool: {tcp: {maxConnections: 1}}}\n");

        assertThat(from("client", own, service, root).cluster(REVIEWS).getLbPolicy()).isEqualTo(Cluster.LbPolicy.RANDOM);
        assertThat(from("client", own, service, root).names(ResourceType.CLUSTER)).doesNotContain(V1);
        assertThat(from("other", own, service, root).cluster(REVIEWS).getLbPolicy()).isEqualTo(Cluster.LbPolicy.ROUND_ROBIN);
        assertThat(from("other", root).cluster(REVIEWS).getCircuitBreakers().getThresholds(0).getMaxConnections().getValue())
                .isEqualTo(1);
    }

    @Test
    void rulesOfOneHostAndNamespace_areOne() {
        Generated generated = from(
                "default",
                rule("default", "a", "host: reviews\nsubsets: [{name: v1, labels: {version: v1}}]\n"),
                rule("default", "b", "host: reviews\ntrafficPolicy: {loadBalancer: {simple: RANDOM}}\nsubsets: [{name: v1, labels: {version: v3}}, {name: v2, labels: {version: v2}}]\n"));

        assertThat(generated.cluster(V1).getLbPolicy()).isEqualTo(Cluster.LbPolicy.RANDOM);
        assertThat(generated.endpoints(V1).getEndpoints(0).getLbEndpoints(0).getEndpoint().getAddress().getSocketAddress().getPortValue())
                .as("the first of two subsets with one name")
                .isEqualTo(21001);
        assertThat(generated.names(ResourceType.CLUSTER)).contains("outbound|9080|v2|reviews.default.svc.cluster.local");
    }

    @Test
    void tlsModes() {
        Cluster disabled = from("default", rule("default", "r", "host: reviews\ntrafficPolicy: {tls: {mode: DISABLE}}\n")).cluster(REVIEWS);
        assertThat(disabled.getTransportSocketMatchesList()).isEmpty();
        assertThat(disabled.getTransportSocket().getName()).isEqualTo("envoy.transport_sockets.raw_buffer");

        Cluster mutual = from("default", rule("default", "r", "host: reviews\ntrafficPolicy: {tls: {mode: ISTIO_MUTUAL, sni: s.example}}\n"))
                .cluster(REVIEWS);
        UpstreamTlsContext tls = Generated.unpack(mutual.getTransportSocket().getTypedConfig(), UpstreamTlsContext.class);
        assertThat(tls.getSni()).isEqualTo("s.example");
        assertThat(tls.getCommonTlsContext().getTlsCertificateSdsSecretConfigs(0).getName()).isEqualTo("default");
        assertThat(tls.getCommonTlsContext().getTlsCertificateSdsSecretConfigs(0).hasSdsConfig()).isFalse();
    }

    @Test
    void anUnhealthyWorkload_isNotAmongTheEndpoints() {
        ObjectKey one = new ObjectKey(Kind.WORKLOAD_ENTRY, "default", "reviews-v1-127.0.0.1-21001");
        Generated generated = Generated.of(
                MeshYaml.state(
                        MeshSettings.DEFAULTS,
                        Map.of(one, false),
                        MeshYaml.file("bookinfo.yaml"),
                        MeshYaml.file("workloads.yaml").replace(
                                "name: reviews-v1-127.0.0.1-21001\n  namespace: default",
                                "name: reviews-v1-127.0.0.1-21001\n  namespace: default\n  annotations: {istio.io/autoRegistrationGroup: reviews-v1}")),
                Proxies.client("default", Map.of()));

        assertThat(generated.endpoints(REVIEWS).getEndpoints(0).getLbEndpointsList())
                .extracting(endpoint -> endpoint.getEndpoint().getAddress().getSocketAddress().getPortValue())
                .containsExactly(21002, 21003);
    }

    @Test
    void serviceEntries_byResolution() {
        Generated generated = from("default", MeshYaml.file("breadth.yaml"));

        Cluster dns = generated.cluster("outbound|80||api.example.org");
        assertThat(dns.getType()).isEqualTo(Cluster.DiscoveryType.STRICT_DNS);
        assertThat(dns.getTransportSocketMatchesList()).as("outside the mesh").isEmpty();
        assertThat(generated.cluster("outbound|80||*.wild.example").getClusterType().getName())
                .isEqualTo("envoy.clusters.dynamic_forward_proxy");
        assertThat(generated.endpoints("outbound|9000||fixed.example").getEndpointsCount()).isEqualTo(2);
    }

    @Test
    void whereNobodyLooksNamesUp_aNameIsNoEndpoint() {
        Generated generated = Generated.of(
                MeshYaml.state("""
                        apiVersion: v1
                        kind: Service
                        metadata: {name: db, namespace: default}
                        spec:
                          selector: {app: db}
                          ports: [{name: http, port: 80}]
                        ---
                        apiVersion: networking.istio.io/v1
                        kind: WorkloadEntry
                        metadata: {name: named, namespace: default, labels: {app: db}}
                        spec: {address: db.example.com}
                        ---
                        apiVersion: networking.istio.io/v1
                        kind: WorkloadEntry
                        metadata: {name: numbered, namespace: default, labels: {app: db}}
                        spec: {address: 192.0.2.7}
                        """),
                Proxies.client("default", Map.of()));

        assertThat(generated.endpoints("outbound|80||db.default.svc.cluster.local").getEndpoints(0).getLbEndpointsList())
                .extracting(endpoint -> endpoint.getEndpoint().getAddress().getSocketAddress().getAddress())
                .containsExactly("192.0.2.7");
    }

    @Test
    void tlsToAnExternalService_checksTheNamesItDeclares() {
        Generated generated = Generated.of(
                MeshYaml.state("""
                        apiVersion: networking.istio.io/v1
                        kind: ServiceEntry
                        metadata: {name: api, namespace: default}
                        spec:
                          hosts: [api.example.com]
                          ports: [{number: 443, name: http, protocol: HTTP}]
                          resolution: DNS
                          subjectAltNames: [backend.example.net]
                        ---
                        apiVersion: networking.istio.io/v1
                        kind: DestinationRule
                        metadata: {name: api, namespace: default}
                        spec: {host: api.example.com, trafficPolicy: {tls: {mode: SIMPLE}}}
                        """),
                Proxies.client("default", Map.of()));

        UpstreamTlsContext tls = Generated.unpack(
                generated.cluster("outbound|443||api.example.com").getTransportSocket().getTypedConfig(), UpstreamTlsContext.class);
        assertThat(tls.getCommonTlsContext().getValidationContext().getMatchTypedSubjectAltNamesList())
                .extracting(name -> name.getMatcher().getExact())
                .containsExactly("backend.example.net");
    }

    /** Whoever has any certificate of the same authority could be any of these hosts otherwise. */
    @Test
    void tlsToManyHosts_asksForTheRequestsOwn_andChecksIt() {
        Cluster cluster = wildcard("{mode: SIMPLE}");
        HttpProtocolOptions options = Generated.unpack(
                cluster.getTypedExtensionProtocolOptionsOrThrow("envoy.extensions.upstreams.http.v3.HttpProtocolOptions"),
                HttpProtocolOptions.class);
        assertThat(options.getUpstreamHttpProtocolOptions().getAutoSni()).isTrue();
        assertThat(options.getUpstreamHttpProtocolOptions().getAutoSanValidation()).isTrue();
        UpstreamTlsContext tls = Generated.unpack(cluster.getTransportSocket().getTypedConfig(), UpstreamTlsContext.class);
        assertThat(tls.getSni()).isEmpty();
        assertThat(tls.getCommonTlsContext().getValidationContext().hasTrustedCa()).isTrue();

        Cluster named = wildcard("{mode: SIMPLE, sni: www.example.com}");
        UpstreamTlsContext fixed = Generated.unpack(named.getTransportSocket().getTypedConfig(), UpstreamTlsContext.class);
        assertThat(fixed.getSni()).isEqualTo("www.example.com");
        assertThat(fixed.getCommonTlsContext().getValidationContext().getMatchTypedSubjectAltNamesList())
                .extracting(name -> name.getMatcher().getExact())
                .containsExactly("www.example.com");
    }

    private static Cluster wildcard(String tls) {
        return Generated.of(
                        MeshYaml.state("""
                                apiVersion: networking.istio.io/v1
                                kind: ServiceEntry
                                metadata: {name: many, namespace: default}
                                spec:
                                  hosts: ["*.example.com"]
                                  ports: [{number: 443, name: http, protocol: HTTP}]
                                  resolution: DYNAMIC_DNS
                                ---
                                apiVersion: networking.istio.io/v1
                                kind: DestinationRule
                                metadata: {name: many, namespace: default}
                                spec: {host: "*.example.com", trafficPolicy: {tls: %s}}
                                """.formatted(tls)),
                        Proxies.client("default", Map.of()))
                .cluster("outbound|443||*.example.com");
    }

    @Test
    void mtls_reachesWorkloadsThatOnlyDnsKnows() {
        Cluster cluster = Generated.of(
                        MeshYaml.state("""
                                apiVersion: networking.istio.io/v1
                                kind: ServiceEntry
                                metadata: {name: vm, namespace: default}
                                spec:
                                  hosts: [vm.mesh]
                                  ports: [{number: 80, name: http, protocol: HTTP}]
                                  location: MESH_INTERNAL
                                  resolution: DNS
                                  endpoints:
                                  - address: vm1.internal
                                    serviceAccount: vm
                                    labels: {security.istio.io/tlsMode: istio}
                                """),
                        Proxies.client("default", Map.of()))
                .cluster("outbound|80||vm.mesh");

        assertThat(cluster.getTransportSocketMatchesList())
                .extracting(Cluster.TransportSocketMatch::getName)
                .containsExactly("tlsMode-istio", "tlsMode-disabled");
        assertThat(cluster.getLoadAssignment().getEndpoints(0).getLbEndpoints(0).getMetadata().getFilterMetadataOrThrow("envoy.transport_socket_match")
                        .getFieldsOrThrow("tlsMode").getStringValue())
                .isEqualTo("istio");
        UpstreamTlsContext tls = Generated.unpack(
                cluster.getTransportSocketMatches(0).getTransportSocket().getTypedConfig(), UpstreamTlsContext.class);
        assertThat(tls.getCommonTlsContext().getCombinedValidationContext().getDefaultValidationContext().getMatchTypedSubjectAltNamesList())
                .extracting(name -> name.getMatcher().getExact())
                .containsExactly("spiffe://cluster.local/ns/default/sa/vm");
    }
}
