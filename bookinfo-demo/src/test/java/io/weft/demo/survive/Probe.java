package io.weft.demo.survive;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.demo.e2e.Http;
import java.net.http.HttpClient;

/**
 * Configuration of no use but to be seen: a number that the ingress gateway and the sidecar of productpage add to what httpbin answers. {@link #close}
 * removes it.
 */
final class Probe implements AutoCloseable {

    private static final String PATH = "/apis/networking.istio.io/v1/namespaces/default/virtualservices/round";
    private static final String HEADER = "x-round";
    private static final String RULE = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: round, namespace: default}
            spec:
              hosts: [httpbin, round.example.com]
              gateways: [mesh, survive-round]
              http:
              - headers: {response: {set: {x-round: '%d'}}}
                route: [{destination: {host: httpbin, port: {number: 8000}}}]
            """;
    private static final String GATEWAY = """
            apiVersion: networking.istio.io/v1
            kind: Gateway
            metadata: {name: survive-round, namespace: default}
            spec:
              selector: {istio: ingressgateway}
              servers:
              - port: {number: 80, name: http, protocol: HTTP}
                hosts: [round.example.com]
            """;
    private static final String GATEWAY_PATH = "/apis/networking.istio.io/v1/namespaces/default/gateways/survive-round";

    private final SurvivingMesh mesh;
    private final HttpClient inside;
    private int round;

    Probe(SurvivingMesh mesh) {
        this.mesh = mesh;
        this.inside = Http.through(mesh.proxyPort("productpage-v1"));
        assertThat(mesh.put(GATEWAY_PATH, GATEWAY).statusCode()).isIn(200, 201);
    }

    /** Writes the next number; the control plane has accepted it when this returns. */
    void push() {
        round++;
        assertThat(mesh.put(PATH, RULE.formatted(round)).statusCode()).isIn(200, 201);
    }

    /** Waits until the last number is what both proxies say. */
    void awaitInForce() {
        String now = String.valueOf(round);
        mesh.patiently().untilAsserted(() -> {
            assertThat(Http.get(mesh.mesh().ingress("/get"), "Host", "round.example.com").headers().firstValue(HEADER))
                    .as("at the gateway").contains(now);
            assertThat(Http.send(inside, "GET", "http://httpbin:8000/get", "").headers().firstValue(HEADER))
                    .as("at a sidecar").contains(now);
        });
    }

    @Override
    public void close() {
        mesh.patiently().untilAsserted(() -> {
            assertThat(mesh.delete(PATH).statusCode()).isIn(200, 404);
            assertThat(mesh.delete(GATEWAY_PATH).statusCode()).isIn(200, 404);
        });
    }
}
