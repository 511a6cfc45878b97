package io.weft.demo.survive;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.demo.e2e.Http;
import java.io.IOException;

/** What a user asks of the mesh to lose nothing to a killed backend: failed calls of details are tried again, and who fails once is ejected. {@link #close} takes it back. */
final class RetriedDetails implements AutoCloseable {

    private static final String INSIDE = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: details-survives, namespace: default}
            spec:
              hosts: [details]
              http:
              - route: [{destination: {host: details}}]
                retries: {attempts: 3, retryOn: "connect-failure,reset"}
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: details-survives, namespace: default}
            spec:
              host: details
              trafficPolicy:
                outlierDetection: {consecutive5xxErrors: 1, interval: 500ms, maxEjectionPercent: 100}
            """;
    private static final String AT_THE_EDGE = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: survive, namespace: default}
            spec:
              hosts: [survive.example.com]
              gateways: [survive]
              http:
              - match: [{uri: {prefix: /details}}]
                route: [{destination: {host: details}}]
                retries: {attempts: 3, retryOn: "connect-failure,reset"}
              - match: [{uri: {prefix: /ratings}}]
                route: [{destination: {host: ratings}}]
              - route: [{destination: {host: productpage}}]
            """;

    private final SurvivingMesh mesh;

    private RetriedDetails(SurvivingMesh mesh) {
        this.mesh = mesh;
    }

    /** Returns when callers do so. */
    static RetriedDetails in(SurvivingMesh mesh) {
        RetriedDetails retried = new RetriedDetails(mesh);
        retried.say("apply", INSIDE + "---\n" + AT_THE_EDGE);
        try (Probe probe = new Probe(mesh)) {
            probe.push();
            probe.awaitInForce();
        }
        return retried;
    }

    private void say(String verb, String yaml) {
        assertThat(Http.send("POST", mesh.mesh().pilot("/weft/v1/" + verb), yaml, "Content-Type", "application/yaml").statusCode()).isEqualTo(200);
    }

    @Override
    public void close() throws IOException {
        say("delete", INSIDE);
        mesh.writeLoadConfig();
    }
}
