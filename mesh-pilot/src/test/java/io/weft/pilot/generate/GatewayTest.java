package io.weft.pilot.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.weft.pilot.MeshYaml;
import io.weft.pilot.TestPki;
import org.junit.jupiter.api.Test;

/** Gateways: page A.3 of the reference. */
class GatewayTest {

    private static final TestPki PKI = TestPki.create("cluster.local");

    private static Generated ingress(String... yaml) {
        return gateway(Proxies.ingress(), yaml);
    }

    private static Generated gateway(Proxy proxy, String... yaml) {
        String[] all = new String[yaml.length + 3];
        all[0] = MeshYaml.file("bookinfo.yaml");
        all[1] = MeshYaml.file("httpbin.yaml");
        all[2] = MeshYaml.file("gateways.yaml");
        System.arraycopy(yaml, 0, all, 3, yaml.length);
        return Generated.of(MeshYaml.state(all), proxy);
    }

    private static String rules(String name, String hosts, String http) {
        return "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: " + name + ", namespace: default}\nspec:\n"
                + ("hosts: [" + hosts + "]\ngateways: [edge]\nhttp:\n" + http).indent(2);
    }

    private static String edge(String servers) {
        return "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: edge, namespace: default}\nspec:\n  selector: {istio: ingressgateway}\n  servers:\n"
                + servers.indent(4);
    }

    @Test
    void withoutRules_aGatewayIs404() {
        Generated generated = ingress(edge("- port: {number: 80, name: http, protocol: HTTP}\n  hosts: [\"*\"]\n"));

        assertThat(generated.listener("127.0.0.1_8080").getAddress().getSocketAddress().getPortValue()).isEqualTo(8080);
        VirtualHost blackhole = generated.routes("http.80").getVirtualHosts(0);
        assertThat(blackhole.getDomainsList()).containsExactly("*");
        assertThat(blackhole.getRoutesList()).isEmpty();
    }

    @Test
    void onlySelectedProxies_getTheServers() {
        assertThat(gateway(Proxies.egress(), edge("- port: {number: 80, name: http, protocol: HTTP}\n  hosts: [\"*\"]\n"))
                        .names(ResourceType.LISTENER))
                .isEmpty();
    }

    @Test
    void bookinfoAndHttpbin_shareAPort_byHost() {
        Generated generated = ingress(MeshYaml.file("httpbin-gateway.yaml"), MeshYaml.file("bookinfo-gateway.yaml"));

        assertThat(generated.routes("http.80").getVirtualHostsList())
                .extracting(host -> host.getDomains(0))
                .containsExactlyInAnyOrder("httpbin.example.com", "*");
        assertThat(generated.host("http.80", "*:80").getRoutesList())
                .extracting(route -> route.getMatch().getPath())
                .contains("/productpage", "/login");
    }

    @Test
    void rulesOfOneHost_areJoined_oldestFirst_catchAllsLast() {
        Generated generated = ingress(
                edge("- port: {number: 80, name: http, protocol: HTTP}\n  hosts: [\"*\"]\n"),
                rules("older", "a.example", "- route: [{destination: {host: reviews}}]\n"),
                rules("newer", "a.example", "- match: [{uri: {prefix: /x}}]\n  route: [{destination: {host: details}}]\n"));

        assertThat(generated.host("http.80", "a.example:80").getRoutesList())
                .extracting(Route::getRoute)
                .extracting(route -> route.getCluster())
                .containsExactly(
                        "outbound|9080||details.default.svc.cluster.local", "outbound|9080||reviews.default.svc.cluster.local");
    }

    @Test
    void hosts_meetInBothDirections() {
        Generated generated = ingress(
                edge("- port: {number: 80, name: http, protocol: HTTP}\n  hosts: [\"*.example.com\"]\n"),
                rules("narrow", "a.example.com", "- route: [{destination: {host: reviews}}]\n"),
                rules("wide", "\"*.com\"", "- route: [{destination: {host: details}}]\n"),
                rules("elsewhere", "a.example.org", "- route: [{destination: {host: ratings}}]\n"));

        assertThat(generated.routes("http.80").getVirtualHostsList())
                .extracting(host -> host.getDomains(0))
                .containsExactlyInAnyOrder("a.example.com", "*.example.com");
    }

    @Test
    void aServersNamespace_limitsWhoseRulesCount() {
        Generated generated = ingress(
                edge("- port: {number: 80, name: http, protocol: HTTP}\n  hosts: [\"other/*\"]\n"),
                rules("mine", "a.example", "- route: [{destination: {host: reviews}}]\n"));

        assertThat(generated.routes("http.80").getVirtualHosts(0).getName()).isEqualTo("blackhole:80");
    }

    @Test
    void https_isToldApartBySni_withItsSecretOverAds() {
        Generated generated = ingress(
                MeshYaml.file("httpbin-gateway.yaml"), PKI.secretYaml("httpbin-credential", "istio-system", "httpbin.example.com"));
        FilterChain chain = generated.listener("127.0.0.1_8443").getFilterChains(0);

        assertThat(chain.getFilterChainMatch().getServerNamesList()).containsExactly("httpbin.example.com");
        DownstreamTlsContext tls = Generated.unpack(chain.getTransportSocket().getTypedConfig(), DownstreamTlsContext.class);
        assertThat(tls.getCommonTlsContext().getTlsCertificateSdsSecretConfigs(0).getName())
                .isEqualTo("kubernetes://httpbin-credential");
        assertThat(tls.getCommonTlsContext().getTlsCertificateSdsSecretConfigs(0).getSdsConfig().hasAds()).isTrue();
        assertThat(tls.getRequireClientCertificate().getValue()).isFalse();
        assertThat(Generated.http(chain).getRds().getRouteConfigName()).isEqualTo("https.443.https.httpbin-gateway.default");
        assertThat(generated.names(ResourceType.ROUTE)).contains("https.443.https.httpbin-gateway.default");
        assertThat(generated.names(ResourceType.SECRET)).containsExactly("kubernetes://httpbin-credential");
    }

    @Test
    void clientsAreAskedForACertificate_ofTheAuthorityInAFile() {
        String server = """
                - port: {number: 443, name: https, protocol: HTTPS}
                  hosts: [a.example]
                  tls:
                    mode: MUTUAL
                    serverCertificate: /certs/chain.pem
                    privateKey: /certs/key.pem
                    caCertificates: /certs/clients.pem
                    subjectAltNames: [spiffe://partner/ns/a/sa/b, client.example]
                """;
        DownstreamTlsContext mutual = tls(ingress(edge(server)));
        CertificateValidationContext clients = mutual.getCommonTlsContext().getValidationContext();
        assertThat(mutual.getRequireClientCertificate().getValue()).isTrue();
        assertThat(mutual.getCommonTlsContext().getTlsCertificates(0).getCertificateChain().getFilename()).isEqualTo("/certs/chain.pem");
        assertThat(clients.getTrustedCa().getFilename()).isEqualTo("/certs/clients.pem");
        assertThat(clients.getMatchTypedSubjectAltNamesList())
                .extracting(name -> name.getSanType() + " " + name.getMatcher().getExact())
                .containsExactly("URI spiffe://partner/ns/a/sa/b", "DNS client.example");

        DownstreamTlsContext optional = tls(ingress(edge(server.replace("MUTUAL", "OPTIONAL_MUTUAL"))));
        assertThat(optional.getRequireClientCertificate().getValue()).isFalse();
        assertThat(optional.getCommonTlsContext().getValidationContext()).isEqualTo(clients);

        DownstreamTlsContext simple = tls(ingress(edge(server.replace("MUTUAL", "SIMPLE"))));
        assertThat(simple.getRequireClientCertificate().getValue()).isFalse();
        assertThat(simple.getCommonTlsContext().hasValidationContext()).as("nobody is asked").isFalse();
    }

    private static DownstreamTlsContext tls(Generated generated) {
        return Generated.unpack(
                generated.listener("127.0.0.1_8443").getFilterChains(0).getTransportSocket().getTypedConfig(), DownstreamTlsContext.class);
    }

    @Test
    void aSecretOfAnotherNamespace_isNotServed() {
        Generated generated = ingress(
                MeshYaml.file("httpbin-gateway.yaml"), PKI.secretYaml("httpbin-credential", "default", "httpbin.example.com"));

        assertThat(generated.names(ResourceType.SECRET)).isEmpty();
        assertThat(generated.names(ResourceType.LISTENER)).as("the listener is there, handshakes fail").contains("127.0.0.1_8443");
    }

    @Test
    void theEdge_trustsNobody() {
        Generated generated = ingress(edge("- port: {number: 80, name: http, protocol: HTTP}\n  hosts: [\"*\"]\n"));
        HttpConnectionManager http = Generated.http(generated.listener("127.0.0.1_8080").getFilterChains(0));

        assertThat(http.getUseRemoteAddress().getValue()).isTrue();
        assertThat(http.getForwardClientCertDetails())
                .isEqualTo(HttpConnectionManager.ForwardClientCertDetails.SANITIZE_SET);
        assertThat(http.getRequestHeadersTimeout().getSeconds()).isEqualTo(10);
        assertThat(http.getCommonHttpProtocolOptions().getIdleTimeout().getSeconds()).isEqualTo(300);
    }

    @Test
    void everyKindOfServer_onItsPort() {
        Generated generated = ingress(MeshYaml.file("breadth.yaml"));

        assertThat(generated.listener("127.0.0.1_8443").getFilterChainsList())
                .extracting(chain -> chain.getFilterChainMatch().getServerNamesList().toString())
                .containsExactly("[secure.example, *.secure.example]", "[mutual.example]", "[pass.example]");
        assertThat(Generated.tcp(generated.listener("127.0.0.1_8443").getFilterChains(2)).getCluster())
                .isEqualTo("outbound|443||api.example.org");
        assertThat(Generated.tcp(generated.listener("127.0.0.1_9000").getFilterChains(0))
                        .getWeightedClusters()
                        .getClustersCount())
                .isEqualTo(2);
        assertThat(generated.routes("http.81").getVirtualHosts(0).getRequireTls())
                .isEqualTo(VirtualHost.TlsRequirementType.ALL);
        DownstreamTlsContext mesh = Generated.unpack(
                generated.listener("127.0.0.1_8444").getFilterChains(0).getTransportSocket().getTypedConfig(),
                DownstreamTlsContext.class);
        assertThat(mesh.getRequireClientCertificate().getValue()).isTrue();
    }

    @Test
    void theEgressDemo_leavesThroughTheGateway_withATimeout() {
        String[] yaml = {MeshYaml.file("egress.yaml"), MeshYaml.file("external.yaml")};
        Generated sidecar = gateway(Proxies.sidecar("productpage", "v1", 9080, 22001, 22101), yaml);
        assertThat(sidecar.proxyRoutes("httpbin.external.example:80").get(0).getRoute().getCluster())
                .isEqualTo("outbound|443|httpbin-external|istio-egressgateway.istio-system.svc.cluster.local");

        Generated egress = gateway(Proxies.egress(), yaml);
        Route out = egress.host("https.443.https.istio-egressgateway.default", "httpbin.external.example:443")
                .getRoutes(0);
        assertThat(out.getRoute().getCluster()).isEqualTo("outbound|80||httpbin.external.example");
        assertThat(out.getRoute().getTimeout().getSeconds()).isEqualTo(3);
    }

    @Test
    void sidecarObjects_areNotAboutGateways() {
        Generated generated = ingress(
                MeshYaml.file("httpbin-gateway.yaml"),
                """
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: default, namespace: istio-system}
                spec:
                  egress: [{hosts: ["./*"]}]
                """);

        assertThat(generated.names(ResourceType.CLUSTER)).contains("outbound|9080||reviews.default.svc.cluster.local");
    }

    /** Else a rule would hold for more connections than it says. */
    @Test
    void destinationSubnets_areObeyed() {
        Generated generated = ingress("""
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: bytes, namespace: default}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                  - port: {number: 9000, name: tcp, protocol: TCP}
                    hosts: ["*"]
                  - port: {number: 9443, name: tls, protocol: TLS}
                    hosts: ["*"]
                    tls: {mode: PASSTHROUGH}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: bytes, namespace: default}
                spec:
                  hosts: ["*"]
                  gateways: [bytes]
                  tcp:
                  - match: [{port: 9000, destinationSubnets: ["10.1.0.0/16", "192.0.2.7"]}]
                    route: [{destination: {host: reviews, port: {number: 9080}}}]
                  - match: [{port: 9000, destinationSubnets: ["10.1.0.0/16"]}]
                    route: [{destination: {host: details, port: {number: 9080}}}]
                  - match: [{port: 9000}]
                    route: [{destination: {host: ratings, port: {number: 9080}}}]
                  tls:
                  - match: [{port: 9443, sniHosts: [a.example], destinationSubnets: ["10.1.0.0/16"]}]
                    route: [{destination: {host: reviews, port: {number: 9080}}}]
                  - match: [{port: 9443, sniHosts: [a.example]}]
                    route: [{destination: {host: ratings, port: {number: 9080}}}]
                """);

        assertThat(generated.listener("127.0.0.1_9000").getFilterChainsList())
                .extracting(chain -> ranges(chain) + " " + Generated.tcp(chain).getCluster())
                .containsExactly(
                        "[10.1.0.0/16, 192.0.2.7/32] outbound|9080||reviews.default.svc.cluster.local",
                        "[] outbound|9080||ratings.default.svc.cluster.local");
        assertThat(generated.listener("127.0.0.1_9443").getFilterChainsList())
                .extracting(chain -> ranges(chain) + " " + Generated.tcp(chain).getCluster())
                .containsExactly(
                        "[10.1.0.0/16] outbound|9080||reviews.default.svc.cluster.local",
                        "[] outbound|9080||ratings.default.svc.cluster.local");
    }

    private static List<String> ranges(FilterChain chain) {
        return chain.getFilterChainMatch().getPrefixRangesList().stream()
                .map(range -> range.getAddressPrefix() + "/" + range.getPrefixLen().getValue())
                .toList();
    }

    /** Mesh TLS of another network goes on to whom its sidecar meant, still closed. */
    @Test
    void autoPassthrough_leadsToWhomTheServerNameMeans() {
        Generated generated = ingress(MeshYaml.file("destination-rule-all.yaml"), """
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: east-west, namespace: istio-system}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                  - port: {number: 15443, name: tls, protocol: TLS}
                    hosts: ["*.default.svc.cluster.local"]
                    tls: {mode: AUTO_PASSTHROUGH}
                """);

        String name = "outbound_.9080_.v1_.reviews.default.svc.cluster.local";
        FilterChain chain = generated.listener("127.0.0.1_15443").getFilterChainsList().stream()
                .filter(each -> each.getFilterChainMatch().getServerNamesList().equals(List.of(name)))
                .findFirst()
                .orElseThrow();
        assertThat(chain.hasTransportSocket()).as("nothing is opened here").isFalse();
        assertThat(Generated.tcp(chain).getCluster()).isEqualTo(name);
        assertThat(generated.cluster(name).hasTransportSocket()).isFalse();
        assertThat(generated.cluster(name).getTransportSocketMatchesCount()).isZero();
        assertThat(generated.endpoints(name).getEndpointsList())
                .isEqualTo(generated.endpoints("outbound|9080|v1|reviews.default.svc.cluster.local").getEndpointsList());
        assertThat(generated.names(ResourceType.CLUSTER)).doesNotContain("outbound_.443_._.istio-egressgateway.istio-system.svc.cluster.local");
    }

    /** As its Gateway numbers it, or as it is bound: nobody's DENY may miss its port. */
    @Test
    void policiesOfAGateway_nameItsPortEitherWay() {
        for (String port : List.of("80", "8080")) {
            HttpConnectionManager named = Generated.http(plain(port).getFilterChains(0));
            RBAC rbac = Generated.unpack(named.getHttpFilters(0).getTypedConfig(), RBAC.class);
            assertThat(rbac.getRules().getPoliciesCount()).as(port).isEqualTo(1);
        }
        HttpConnectionManager other = Generated.http(plain("81").getFilterChains(0));
        assertThat(Generated.unpack(other.getHttpFilters(0).getTypedConfig(), RBAC.class).getRules().getPoliciesCount()).isZero();
    }

    private static Listener plain(String port) {
        return ingress(MeshYaml.file("bookinfo-gateway.yaml"), """
                        apiVersion: security.istio.io/v1
                        kind: AuthorizationPolicy
                        metadata: {name: no, namespace: istio-system}
                        spec:
                          selector: {matchLabels: {istio: ingressgateway}}
                          action: DENY
                          rules: [{to: [{operation: {ports: ["%s"]}}]}]
                        """.formatted(port))
                .listener("127.0.0.1_8080");
    }
}
