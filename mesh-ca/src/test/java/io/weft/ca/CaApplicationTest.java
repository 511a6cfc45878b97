package io.weft.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.weft.ca.authority.Authority;
import io.weft.ca.grpc.PortTakenException;
import io.weft.ca.rotate.ServerCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Start, restart, waiting, refusing to start, and what HTTP answers. */
class CaApplicationTest {

    @TempDir
    Path home;

    @Test
    void aRestartKeepsTheRootAndTheIntermediate() {
        X509Certificate root;
        X509Certificate intermediate;
        try (RunningCa ca = RunningCa.start(home)) {
            root = ca.bean(Authority.class).root();
            intermediate = ca.bean(Authority.class).intermediate();
        }
        try (RunningCa ca = RunningCa.start(home)) {
            assertThat(ca.bean(Authority.class).root()).isEqualTo(root);
            assertThat(ca.bean(Authority.class).intermediate()).isEqualTo(intermediate);
        }
    }

    @Test
    void withoutKeysItIsNotReady_saysWhatItWaitsFor_andTakesThemWhenTheyCome() throws Exception {
        Tokens tokens = new Tokens("k1");
        try (RunningCa ca = RunningCa.start(home);
                Caller caller = new Caller(ca, home)) {
            assertThat(get(ca, "/actuator/health/readiness")).containsEntry("status", "503").extractingByKey("body").asString()
                    .contains("waiting for").contains("jwks.json");
            assertThatThrownBy(() -> caller.ask(tokens.token("default", "x"), Csr.p256().pem()))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
                        assertThat(e.getStatus().getDescription()).contains("waiting for").contains("jwks.json");
                    });
            tokens.publish(home);
            assertThat(caller.ask(tokens.token("default", "x"), Csr.p256().pem())).hasSize(3);
            assertThat(get(ca, "/actuator/health/readiness")).containsEntry("status", "200");
            Tokens next = new Tokens("k2").publish(home);
            assertThat(caller.ask(next.token("default", "x"), Csr.p256().pem())).as("keys changed").hasSize(3);
            assertThatThrownBy(() -> caller.ask(tokens.token("default", "x"), Csr.p256().pem())).hasMessageContaining("UNAUTHENTICATED");
            Files.writeString(home.resolve("tokens/jwks.json"), "not json at all");
            assertThat(caller.ask(next.token("default", "x"), Csr.p256().pem())).as("the last good keys stay").hasSize(3);
        }
    }

    @Test
    void httpAnswersOperatorsAndNobodyElse() throws Exception {
        Tokens tokens = new Tokens("k1").publish(home);
        try (RunningCa ca = RunningCa.start(home);
                Caller caller = new Caller(ca, home)) {
            caller.ask(tokens.token("default", "x"), Csr.p256().pem());
            assertThatThrownBy(() -> caller.ask(null, Csr.p256().pem())).isInstanceOf(StatusRuntimeException.class);
            assertThat(get(ca, "/actuator/health")).containsEntry("status", "200");
            assertThat(get(ca, "/actuator/info")).containsEntry("status", "200");
            assertThat(get(ca, "/actuator/prometheus").get("body"))
                    .contains("\ncitadel_server_csr_count 2.0", "\ncitadel_server_success_cert_issuance_count 1.0")
                    .contains("\ncitadel_server_authentication_failure_count 1.0", "\ncitadel_server_root_cert_expiry_timestamp ");
            for (String path : List.of("/", "/actuator/env", "/actuator/heapdump", "/login", "/actuator/health/../env")) {
                assertThat(get(ca, path).get("status")).as(path).isIn("403", "400");
            }
        }
    }

    @Test
    void aTakenPortIsOneClearLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> RunningCa.start(home, "--weft.ca.grpc-port=" + port).close())
                    .hasRootCauseInstanceOf(java.net.BindException.class)
                    .satisfies(e -> assertThat(causes(e)).hasAtLeastOneElementOfType(PortTakenException.class)
                            .anySatisfy(c -> assertThat(c.getMessage()).isEqualTo("mesh-ca: gRPC port " + port + " (weft.ca.grpc-port) is taken")));
        }
        RunningCa.start(home).close();
    }

    @Test
    void twoAuthoritiesDoNotShareAFolder() {
        try (RunningCa ca = RunningCa.start(home)) {
            assertThatThrownBy(() -> RunningCa.start(home).close()).hasStackTraceContaining("in use by another mesh-ca");
        }
    }

    @Test
    void aKeyThatOthersCouldReadIsNotUsed() throws Exception {
        RunningCa.start(home).close();
        Path key = home.resolve("ca/root-key.pem");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> RunningCa.start(home).close())
                .hasStackTraceContaining("root-key.pem: mode rw-r----- (expected: rw-------");
    }

    @Test
    void anInterruptedFirstStartBeginsAgain_andALostIntermediateIsMadeAnew() throws Exception {
        RunningCa.start(home).close();
        Path ca = home.resolve("ca");
        X509Certificate root = Caller.parse(Files.readString(ca.resolve("root-cert.pem")));
        Files.writeString(ca.resolve("intermediate-key.pem"), "half");
        try (RunningCa again = RunningCa.start(home)) {
            assertThat(again.bean(Authority.class).root()).isEqualTo(root);
        }
        Files.delete(ca.resolve("root-cert.pem"));
        try (RunningCa again = RunningCa.start(home)) {
            assertThat(again.bean(Authority.class).root()).isNotEqualTo(root);
        }
        Files.delete(ca.resolve("root-key.pem"));
        assertThatThrownBy(() -> RunningCa.start(home).close()).hasStackTraceContaining("root-key.pem: missing");
    }

    @Test
    void theServersOwnCertificateIsRenewedWithoutARestart() {
        try (RunningCa ca = RunningCa.start(home, "--weft.ca.server-cert-ttl=4s", "--weft.ca.rotation-check=100ms")) {
            ServerCertificate certificate = ca.bean(ServerCertificate.class);
            X509Certificate before = certificate.leaf();
            Tokens tokens = new Tokens("k1").publish(home);
            await().atMost(Duration.ofSeconds(20)).until(() -> !certificate.leaf().equals(before)
                    && before.getNotAfter().toInstant().isBefore(java.time.Instant.now()));
            try (Caller caller = new Caller(ca, home)) {
                assertThat(caller.ask(tokens.token("default", "x"), Csr.p256().pem())).hasSize(3);
            }
        }
    }

    @Test
    void connectionsOnTopOfTheLimitAreClosed() throws Exception {
        new Tokens("k1").publish(home);
        try (RunningCa ca = RunningCa.start(home, "--weft.ca.max-connections=2")) {
            List<Socket> open = new ArrayList<>();
            try {
                for (int i = 0; i < 2; i++) {
                    open.add(new Socket("127.0.0.1", ca.grpcPort()));
                }
                try (Socket third = new Socket("127.0.0.1", ca.grpcPort())) {
                    third.setSoTimeout(5000);
                    assertThat(closedByPeer(third)).isTrue();
                }
                open.get(0).setSoTimeout(300);
                assertThat(closedByPeer(open.get(0))).isFalse();
            } finally {
                for (Socket socket : open) {
                    socket.close();
                }
            }
        }
    }

    private static boolean closedByPeer(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (java.net.SocketException reset) {
            return true;
        }
    }

    private static List<Throwable> causes(Throwable e) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            causes.add(cause);
        }
        return causes;
    }

    private static Map<String, String> get(RunningCa ca, String path) throws IOException, InterruptedException {
        var response = HttpClient.newHttpClient().send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ca.httpPort() + path)).build(), BodyHandlers.ofString());
        return Map.of("status", "" + response.statusCode(), "body", response.body());
    }
}
