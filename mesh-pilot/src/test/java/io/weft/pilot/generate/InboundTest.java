package io.weft.pilot.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.weft.pilot.MeshYaml;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Inbound listeners: PeerAuthentication (A.7) and AuthorizationPolicy (A.9) of the reference. */
class InboundTest {

    private static final Proxy REVIEWS = Proxies.sidecar("reviews", "v1", 9080, 21001, 21101);
    private static final String LISTENER = "inbound_127.0.0.1_21001";

    private static Generated generated(String... yaml) {
        String[] all = new String[yaml.length + 1];
        all[0] = MeshYaml.file("bookinfo.yaml");
        System.arraycopy(yaml, 0, all, 1, yaml.length);
        return Generated.of(MeshYaml.state(all), REVIEWS);
    }

    private static String peers(String namespace, String name, String spec) {
        return "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: " + name + ", namespace: " + namespace
                + "}\nspec:\n" + spec.indent(2);
    }

    private static String policy(String namespace, String spec) {
        return "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p, namespace: " + namespace + "}\nspec:"
                + (spec.isBlank() ? " {}\n" : "\n" + spec.indent(2));
    }

    private static List<String> chains(Generated generated) {
        return generated.listener(LISTENER).getFilterChainsList().stream().map(FilterChain::getName).toList();
    }

    @Test
    void permissiveIsTheDefault_andStrictLeavesOnlyMtls() {
        assertThat(chains(generated())).containsExactly("mtls", "plaintext", "tls-passthrough");
        assertThat(chains(generated(MeshYaml.file("strict.yaml")))).containsExactly("mtls");
    }

    @Test
    void modes_portOverWorkloadOverNamespaceOverMesh() {
        String mesh = peers("istio-system", "default", "mtls: {mode: STRICT}\n");
        String namespace = peers("default", "default", "mtls: {mode: DISABLE}\n");
        String unset = peers("default", "default", "mtls: {mode: UNSET}\n");
        String workload = peers("default", "reviews", "selector: {matchLabels: {app: reviews}}\nmtls: {mode: STRICT}\n");
        String port = peers("default", "reviews", "selector: {matchLabels: {app: reviews}}\nmtls: {mode: STRICT}\nportLevelMtls: {\"9080\": {mode: DISABLE}}\n");
        String otherWorkloadOfRoot = peers("istio-system", "x", "selector: {matchLabels: {app: reviews}}\nmtls: {mode: DISABLE}\n");

        assertThat(chains(generated(mesh, namespace))).doesNotContain("mtls");
        assertThat(chains(generated(mesh, unset))).containsExactly("mtls");
        assertThat(chains(generated(mesh, namespace, workload))).containsExactly("mtls");
        assertThat(chains(generated(mesh, port))).doesNotContain("mtls");
        assertThat(chains(generated(mesh, otherWorkloadOfRoot))).containsExactly("mtls");
    }

    @Test
    void theMtlsChain_wantsACertificateOfTheMesh_andSetsWhoItIs() {
        Listener listener = generated(MeshYaml.file("strict.yaml")).listener(LISTENER);
        FilterChain mtls = listener.getFilterChains(0);

        assertThat(listener.getAddress().getSocketAddress().getPortValue()).isEqualTo(21001);
        assertThat(mtls.getFilterChainMatch().getTransportProtocol()).isEqualTo("tls");
        assertThat(mtls.getFilterChainMatch().getApplicationProtocolsList()).contains("istio", "istio-h2", "istio-http/1.1");
        var tls = Generated.unpack(
                mtls.getTransportSocket().getTypedConfig(),
                io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext.class);
        assertThat(tls.getRequireClientCertificate().getValue()).isTrue();
        HttpConnectionManager http = Generated.http(mtls);
        assertThat(http.getForwardClientCertDetails())
                .isEqualTo(HttpConnectionManager.ForwardClientCertDetails.SANITIZE_SET);
        assertThat(http.getNormalizePath().getValue()).isTrue();
        assertThat(http.getRouteConfig().getName()).isEqualTo("inbound|9080||");
        assertThat(http.getRouteConfig().getVirtualHosts(0).getRoutes(0).getRoute().getCluster()).isEqualTo("inbound|9080||");
    }

    @Test
    void theInboundCluster_isTheApp_andCarriesTheProbe() {
        Cluster cluster = generated().cluster("inbound|9080||");

        assertThat(cluster.getLoadAssignment()
                        .getEndpoints(0)
                        .getLbEndpoints(0)
                        .getEndpoint()
                        .getAddress()
                        .getSocketAddress()
                        .getPortValue())
                .isEqualTo(21101);
        HealthCheck check = cluster.getHealthChecks(0);
        assertThat(check.getHttpHealthCheck().getPath()).isEqualTo("/health");
        assertThat(check.getHttpHealthCheck().getExpectedStatuses(0).getEnd()).isEqualTo(400);
        assertThat(check.getInterval().getSeconds()).isEqualTo(2);
        assertThat(check.getNoTrafficInterval().getSeconds()).isEqualTo(2);
        assertThat(check.getUnhealthyThreshold().getValue()).isEqualTo(2);
    }

    private static List<RBAC> filters(Generated generated) {
        return Generated.http(generated.listener(LISTENER).getFilterChains(0)).getHttpFiltersList().stream()
                .filter(filter -> filter.getName().equals("envoy.filters.http.rbac"))
                .map(HttpFilter::getTypedConfig)
                .map(any -> Generated.unpack(any, io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.class).getRules())
                .toList();
    }

    @Test
    void withoutPolicies_everythingIsAllowed() {
        assertThat(filters(generated())).isEmpty();
    }

    @Test
    void anEmptySpec_deniesAll() {
        RBAC rules = filters(generated(policy("default", ""))).get(0);

        assertThat(rules.getAction()).isEqualTo(RBAC.Action.ALLOW);
        assertThat(rules.getPoliciesMap()).isEmpty();
    }

    @Test
    void anEmptyRule_allowsAll_andADenyWithoutRulesIsNothing() {
        Policy all = filters(generated(policy("default", "rules: [{}]\n"))).get(0).getPoliciesMap().values().iterator().next();
        assertThat(all.getPermissions(0).getAny()).isTrue();
        assertThat(all.getPrincipals(0).getAny()).isTrue();

        assertThat(filters(generated(policy("default", "action: DENY\n")))).isEmpty();
    }

    @Test
    void denyStandsBeforeAllow_andPoliciesOfOthersDoNotCount() {
        List<RBAC> filters = filters(generated(
                policy("default", "rules: [{from: [{source: {namespaces: [default]}}]}]\n"),
                policy("istio-system", "action: DENY\nrules: [{to: [{operation: {paths: [\"/admin\"]}}]}]\n"),
                policy("elsewhere", "action: DENY\nrules: [{}]\n"),
                policy("default", "action: DENY\nselector: {matchLabels: {app: details}}\nrules: [{}]\n").replace("name: p", "name: q")));

        assertThat(filters).extracting(RBAC::getAction).containsExactly(RBAC.Action.DENY, RBAC.Action.ALLOW);
        assertThat(filters.get(0).getPoliciesMap()).hasSize(1);
    }

    @Test
    void principals_areReadAsExactPrefixSuffixAndPresence() {
        Policy policy = one("rules: [{from: [{source: {principals: [\"cluster.local/ns/a/sa/b\", \"cluster.local/*\", \"*/sa/b\", \"*\"]}}]}]\n");
        List<Principal> names = policy.getPrincipals(0).getOrIds().getIdsList();

        assertThat(names.get(0).getAuthenticated().getPrincipalName().getExact()).isEqualTo("spiffe://cluster.local/ns/a/sa/b");
        assertThat(names.get(1).getAuthenticated().getPrincipalName().getPrefix()).isEqualTo("spiffe://cluster.local/");
        assertThat(names.get(2).getAuthenticated().getPrincipalName().getSuffix()).isEqualTo("/sa/b");
        assertThat(names.get(3).getAuthenticated().getPrincipalName().getSafeRegex().getRegex()).isEqualTo(".+");
    }

    @Test
    void namespaces_areLiteralsInAnExpression() {
        Policy policy = one("rules: [{from: [{source: {namespaces: [\"a.b\"]}}]}]\n");

        assertThat(policy.getPrincipals(0).getAuthenticated().getPrincipalName().getSafeRegex().getRegex())
                .isEqualTo(".*/ns/a\\.b/.*");
    }

    @Test
    void hosts_areComparedWithoutCaseAndPort() {
        Policy policy = one("rules: [{to: [{operation: {hosts: [\"Reviews.example\"]}}]}]\n");

        String regex = policy.getPermissions(0).getHeader().getStringMatch().getSafeRegex().getRegex();
        assertThat("reviews.example:9080").matches(regex);
        assertThat("REVIEWS.example").matches(regex);
        assertThat("reviewsXexample").doesNotMatch(regex);
    }

    @Test
    void ports_areDecidedWhenGenerated() {
        assertThat(filters(generated(policy("default", "rules: [{to: [{operation: {ports: [\"9080\"]}}]}]\n"))).get(0).getPoliciesMap())
                .hasSize(1);
        assertThat(filters(generated(policy("default", "rules: [{to: [{operation: {ports: [\"1\"]}}]}]\n"))).get(0).getPoliciesMap())
                .isEmpty();
    }

    @Test
    void aTokensClaims_areNeverThere() {
        Policy policy = one("rules: [{from: [{source: {requestPrincipals: [\"*\"]}}]}]\n");

        assertThat(policy.getPrincipals(0).getNotId().getAny()).isTrue();
    }

    private static Policy one(String spec) {
        return filters(generated(policy("default", spec))).get(0).getPoliciesMap().values().iterator().next();
    }

    @Test
    void onATcpPort_httpConditionsNeverAllow_andWidenADeny() {
        String service = MeshYaml.file("bookinfo.yaml").replace("name: http\n", "name: tcp\n").replace("http: 9080", "tcp: 9080");
        String allow = policy("default", "rules: [{to: [{operation: {methods: [GET]}}]}, {from: [{source: {namespaces: [default]}}]}]\n");
        String deny = policy("default", "action: DENY\nrules: [{from: [{source: {namespaces: [bad]}}], to: [{operation: {methods: [GET]}}]}]\n");

        FilterChain allowed = Generated.of(MeshYaml.state(service, allow), REVIEWS).listener(LISTENER).getFilterChains(0);
        RBAC allowing = network(allowed);
        assertThat(Generated.tcp(allowed).getCluster()).isEqualTo("inbound|9080||");
        assertThat(allowing.getPoliciesMap()).containsOnlyKeys("ns[default]-policy[p]-rule[1]");

        FilterChain denied = Generated.of(MeshYaml.state(service, deny), REVIEWS).listener(LISTENER).getFilterChains(0);
        Policy wider = network(denied).getPoliciesMap().values().iterator().next();
        assertThat(wider.getPermissionsList()).containsExactly(Permission.newBuilder().setAny(true).build());
    }

    private static RBAC network(FilterChain chain) {
        return Generated.unpack(
                        chain.getFilters(0).getTypedConfig(),
                        io.envoyproxy.envoy.extensions.filters.network.rbac.v3.RBAC.class)
                .getRules();
    }
}
