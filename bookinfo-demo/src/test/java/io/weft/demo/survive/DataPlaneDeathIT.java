package io.weft.demo.survive;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.demo.e2e.Http;
import io.weft.pilot.FreePort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Parts that carry requests are told to stop, or killed, one of two at a time. What is told to stop loses nothing; what is killed loses nothing that the mesh may
 * try again.
 */
@Order(SurvivingMesh.ORDER)
@Timeout(600)
class DataPlaneDeathIT {

    private static final String APP = "details-v1";
    private static final String SIDECAR = "details-v1 sidecar";
    private static final String GATEWAY = "istio-ingressgateway";
    private static final Duration EJECTED_WITHIN = Duration.ofSeconds(2);

    private static final String OF_DETAILS = """
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
    private static final String RETRIES = OF_DETAILS + """
            ---
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

    private final SurvivingMesh mesh = SurvivingMesh.shared();

    @AfterEach
    void nobodyLostABuffer_andTheMeshIsAsItWas() {
        mesh.assertNoLeak();
        mesh.awaitAllSynced();
    }

    @Test
    void eachOfTwoSidecarsIsToldToStop() throws Exception {
        try (Twin twin = Twin.start(mesh);
                Load load = Load.on(mesh, "SIGTERM of the sidecar of each of two backends")) {
            load.awaitMore(300);
            load.mark("SIGTERM " + SIDECAR);
            terminateAndAwaitSuccessor(SIDECAR);
            load.mark("it has been started again");
            awaitBoth();
            awaitRequests(twin);
            load.mark("it is in rotation; SIGTERM of the other one's");
            twin.terminateSidecar();
            twin.awaitSidecarsEnd();
            awaitBoth();
            load.mark("that is in rotation again");
            load.assertNoneFailed();
        }
    }

    @Test
    void eachOfTwoBackendsIsToldToStop() throws Exception {
        try (Twin twin = Twin.start(mesh);
                Load load = Load.on(mesh, "SIGTERM of each of two backends, app and sidecar")) {
            load.awaitMore(300);
            load.mark("SIGTERM " + APP + " and its sidecar");
            long app = mesh.pid(APP);
            long sidecar = mesh.pid(SIDECAR);
            ProcessHandle.of(app).orElseThrow().destroy();
            ProcessHandle.of(sidecar).orElseThrow().destroy();
            mesh.awaitSuccessor(APP, app);
            mesh.awaitSuccessor(SIDECAR, sidecar);
            load.mark("both have been started again");
            awaitBoth();
            awaitRequests(twin);
            load.mark("they are in rotation; SIGTERM of the other two");
            twin.terminate();
            twin.awaitEnd();
            twin.startAgain();
            awaitBoth();
            load.mark("these are in rotation again; SIGTERM of the app alone");
            terminateAndAwaitSuccessor(APP);
            load.mark("it has been started again");
            awaitBoth();
            load.assertNoneFailed();
        }
    }

    @Test
    void eachOfTwoGatewaysIsToldToStop() throws Exception {
        int http = FreePort.next();
        int https = FreePort.next();
        int management = FreePort.next();
        TcpBalancer.Instance first = new TcpBalancer.Instance(
                mesh.port("weft.ingress.http-port"), mesh.port("weft.ingress.https-port"), mesh.port("weft.ingress.management-port"));
        TcpBalancer.Instance second = new TcpBalancer.Instance(http, https, management);
        try (OwnProcess gateway = gateway(http, https, management);
                TcpBalancer balancer = new TcpBalancer(List.of(first, second))) {
            mesh.patiently().until(() -> first.ready() && second.ready());
            mesh.patiently().untilAsserted(() -> assertThat(
                            Http.get("http://127.0.0.1:" + http + "/details/0", "Host", Load.HOST).statusCode())
                    .isEqualTo(200));
            try (Load load = Load.on(mesh, "SIGTERM of each of two ingress gateways behind a TCP balancer", balancer.http(), balancer.https())) {
                load.awaitMore(300);
                assertThat(first.connections()).isPositive();
                load.mark("SIGTERM " + GATEWAY);
                terminateAndAwaitSuccessor(GATEWAY);
                load.mark("it has been started again");
                mesh.patiently().until(first::ready);
                load.mark("it is ready; SIGTERM of the other one");
                int before = second.connections();
                load.awaitMore(300);
                assertThat(second.connections()).isGreaterThan(before);
                gateway.terminate();
                gateway.awaitEnd();
                load.mark("that has ended");
                load.awaitMore(300);
                load.assertNoneFailed();
            }
        }
    }

    private OwnProcess gateway(int http, int https, int management) {
        Path home = mesh.mesh().home();
        return OwnProcess.start(
                "gateway-twin",
                "io.weft.gateway.GatewayApplication",
                List.of(
                        "--weft.home=" + home,
                        "--weft.part=gateway-twin",
                        "--weft.part-kind=gateway",
                        "--weft.role=ingress",
                        "--weft.ingress.http-port=" + http,
                        "--weft.ingress.https-port=" + https,
                        "--weft.ingress.management-port=" + management,
                        "--weft.ca.address=127.0.0.1:" + mesh.port("weft.ca.grpc-port"),
                        "--weft.xds.address=127.0.0.1:" + mesh.port("weft.pilot.xds.tls-port"),
                        "--weft.token-file=" + home.resolve("run").resolve(GATEWAY).resolve("token")));
    }

    @Test
    void oneOfTwoBackendsIsKilled() throws Exception {
        try (Twin twin = Twin.start(mesh);
                Probe probe = new Probe(mesh)) {
            say("apply", RETRIES);
            probe.push();
            probe.awaitInForce();
            try (Load load = Load.on(mesh, "SIGKILL of one of two backends, with retries and outlier detection")) {
                load.awaitMore(300);
                awaitRequests(twin);
                load.mark("SIGKILL of the second backend");
                long killed = System.nanoTime();
                twin.kill();
                mesh.patiently().pollInterval(Duration.ofMillis(10)).until(() -> twin.flags().contains("failed_outlier_check"));
                Duration ejected = Duration.ofNanos(System.nanoTime() - killed);
                load.mark("ejected after " + ejected.toMillis() + " ms");
                assertThat(ejected).isLessThan(EJECTED_WITHIN);
                load.awaitMore(1000);
                twin.startAgain();
                load.mark("it is started again");
                twin.awaitInRotation();
                load.mark("it is in rotation");
                awaitRequests(twin);
                load.mark("it has had requests");
                load.assertNoneFailed();
            }
        } finally {
            say("delete", OF_DETAILS);
            mesh.writeLoadConfig();
        }
    }

    private void say(String verb, String yaml) {
        assertThat(Http.send("POST", mesh.mesh().pilot("/weft/v1/" + verb), yaml, "Content-Type", "application/yaml").statusCode()).isEqualTo(200);
    }

    private void awaitRequests(Twin twin) {
        mesh.patiently().until(() -> twin.requests() > 20);
    }

    private void terminateAndAwaitSuccessor(String part) {
        long before = mesh.pid(part);
        assertThat(ProcessHandle.of(before).orElseThrow().destroy()).as("%s can be told to stop", part).isTrue();
        mesh.awaitSuccessor(part, before);
    }

    private void awaitBoth() {
        mesh.patiently().until(() -> Twin.instances(mesh) == 2);
    }
}
