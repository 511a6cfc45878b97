package io.weft.pilot.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.weft.pilot.MeshYaml;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How long connections of bytes may be idle: {@code connectionPool.tcp.idleTimeout}, on whichever side says it. */
class IdleConnectionsTest {

    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: store, namespace: default}
            spec: {selector: {app: reviews}, ports: [{name: tcp, port: 7000, targetPort: 9080}]}
            """;

    private static final String RULE = """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: store, namespace: default}
            spec: {host: store, trafficPolicy: {connectionPool: {tcp: {idleTimeout: 90s}}}}
            """;

    private static final String LISTENER = """
            apiVersion: networking.istio.io/v1
            kind: Sidecar
            metadata: {name: default, namespace: default}
            spec: {egress: [{port: {number: 7000, protocol: TCP, name: tcp}, hosts: ["./*"]}]}
            """;

    @Test
    void towardsAService_asItsRuleSays() {
        Proxy client = Proxies.client("default", Map.of());

        assertThat(idle(Generated.of(MeshYaml.state(SERVICE, RULE, LISTENER), client), "127.0.0.1_7000")).isEqualTo(90);
        assertThat(Generated.tcp(last(Generated.of(MeshYaml.state(SERVICE, LISTENER), client), "127.0.0.1_7000")).hasIdleTimeout())
                .as("else as long as Envoy lets it")
                .isFalse();
    }

    @Test
    void towardsAService_throughAGateway() {
        String gateway = """
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: edge, namespace: default}
                spec:
                  selector: {istio: ingressgateway}
                  servers: [{port: {number: 7000, name: tcp, protocol: TCP}, hosts: ["*"]}]
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: store, namespace: default}
                spec:
                  hosts: ["*"]
                  gateways: [edge]
                  tcp: [{route: [{destination: {host: store}}]}]
                """;

        assertThat(idle(Generated.of(MeshYaml.state(SERVICE, RULE, gateway), Proxies.ingress()), "127.0.0.1_7000")).isEqualTo(90);
    }

    @Test
    void ofAServer_asItsSidecarSays_elseItsServicesRule() {
        Proxy server = Proxies.sidecar("reviews", "v1", 9080, 21001, 21101);
        String workload = MeshYaml.file("workloads.yaml").replace("http: 2", "tcp: 2");
        String own = """
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: default, namespace: default}
                spec: {inboundConnectionPool: {tcp: {idleTimeout: 40s}}}
                """;

        assertThat(idle(Generated.of(MeshYaml.state(SERVICE, RULE, workload), server), "inbound_127.0.0.1_21001")).isEqualTo(90);
        assertThat(idle(Generated.of(MeshYaml.state(SERVICE, RULE, workload, own), server), "inbound_127.0.0.1_21001")).isEqualTo(40);
    }

    private static long idle(Generated generated, String listener) {
        return Generated.tcp(last(generated, listener)).getIdleTimeout().getSeconds();
    }

    private static FilterChain last(Generated generated, String listener) {
        var chains = generated.listener(listener).getFilterChainsList();
        return chains.get(chains.size() - 1);
    }
}
