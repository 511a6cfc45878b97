package io.weft.demo.survive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.weft.demo.e2e.Http;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The configuration changes all the time, is wrong, or is not there. What was good stays in force, and who asks the mesh for something does not notice. */
@Order(SurvivingMesh.ORDER)
@Timeout(600)
class ConfigTroubleIT {

    private static final String NETWORKING = "/apis/networking.istio.io/v1/namespaces/default/";
    private static final long PUSH_MILLIS = 100;
    private static final int PUSHES = 100;
    /** One waits for the other, so a busy machine has fewer than ten; with fewer than these this would be another test. */
    private static final int LEAST_PER_SECOND = 1;

    private final SurvivingMesh mesh = SurvivingMesh.shared();

    @AfterEach
    void nobodyLostABuffer() {
        mesh.assertNoLeak();
    }

    @Test
    void everyTenthOfASecondIsAPush() throws Exception {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        try (Load load = Load.on(mesh, "a push every 100 ms");
                Probe probe = new Probe(mesh)) {
            AtomicInteger rounds = new AtomicInteger();
            long start = System.nanoTime();
            ScheduledFuture<?> pushes = timer.scheduleAtFixedRate(() -> push(probe, rounds.incrementAndGet()), 0, PUSH_MILLIS, TimeUnit.MILLISECONDS);
            mesh.patiently().until(() -> pushes.isDone() || rounds.get() >= PUSHES && load.counted() >= Load.ENOUGH);
            assertThat(pushes.isDone()).as("a push was refused").isFalse();
            pushes.cancel(false);
            timer.shutdown();
            assertThat(timer.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
            double perSecond = rounds.get() * 1e9 / (System.nanoTime() - start);
            load.mark("the last of " + rounds + " pushes");
            load.note(String.format(Locale.ROOT, "%d pushes, %.1f a second", rounds.get(), perSecond));
            probe.awaitInForce();
            mesh.awaitAllSynced();
            load.assertNoneFailed();
            assertThat(perSecond).as("pushes a second").isGreaterThanOrEqualTo(LEAST_PER_SECOND);
        } finally {
            timer.shutdownNow();
            mesh.delete(NETWORKING + "virtualservices/details");
            mesh.delete(NETWORKING + "destinationrules/ratings");
            mesh.writeLoadConfig();
        }
    }

    /** What can be seen to arrive; routes that the load uses, at the edge and in sidecars; a cluster that it uses. */
    private void push(Probe probe, int round) {
        switch (round % 4) {
            case 0 -> probe.push();
            case 1 -> accepted(mesh.put(NETWORKING + "virtualservices/survive", """
                    apiVersion: networking.istio.io/v1
                    kind: VirtualService
                    metadata: {name: survive, namespace: default}
                    spec:
                      hosts: [%s]
                      gateways: [survive]
                      http:
                      - match: [{uri: {prefix: /details}}]
                        headers: {response: {set: {x-push: '%d'}}}
                        route: [{destination: {host: details}}]
                      - match: [{uri: {prefix: /ratings}}]
                        timeout: %ds
                        route: [{destination: {host: ratings}}]
                      - route: [{destination: {host: productpage}}]
                    """.formatted(Load.HOST, round, 60 + round)));
            case 2 -> accepted(mesh.put(NETWORKING + "virtualservices/details", """
                    apiVersion: networking.istio.io/v1
                    kind: VirtualService
                    metadata: {name: details, namespace: default}
                    spec:
                      hosts: [details]
                      http:
                      - headers: {response: {set: {x-push: '%d'}}}
                        route: [{destination: {host: details}}]
                    """.formatted(round)));
            default -> accepted(mesh.put(NETWORKING + "destinationrules/ratings", """
                    apiVersion: networking.istio.io/v1
                    kind: DestinationRule
                    metadata: {name: ratings, namespace: default}
                    spec:
                      host: ratings
                      trafficPolicy:
                        connectionPool: {http: {http2MaxRequests: %d}}
                    """.formatted(2000 + round)));
        }
    }

    private static void accepted(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 201);
    }

    @Test
    void aNackedListenerHoldsUpNobodyElse() throws Exception {
        String path = NETWORKING + "gateways/unbindable";
        try (Load load = Load.on(mesh, "a NACKed resource among good ones");
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            load.awaitMore(300);
            accepted(mesh.put(path, """
                    apiVersion: networking.istio.io/v1
                    kind: Gateway
                    metadata: {name: unbindable, namespace: default}
                    spec:
                      selector: {istio: ingressgateway}
                      servers:
                      - port: {number: %d, name: http-taken, protocol: HTTP}
                        hosts: ['*']
                    """.formatted(taken.getLocalPort())));
            load.mark("a Gateway whose port is taken");
            mesh.patiently().untilAsserted(() -> assertThat(mesh.proxy("istio-ingressgateway").toString())
                    .contains("\"nack\":{", "127.0.0.1_" + taken.getLocalPort()));
            try (Probe probe = new Probe(mesh)) {
                probe.push();
                probe.awaitInForce();
            }
            load.assertNoneFailed();
        } finally {
            assertThat(mesh.delete(path).statusCode()).isEqualTo(200);
        }
        mesh.awaitAllSynced();
    }

    @Test
    void garbageInTheFolderIsSaid_andWhatWasGoodStays_alsoAfterARestart() throws Exception {
        Path noise = mesh.config().resolve("noise.yaml");
        Path saved = mesh.config().resolve("bookinfo.yaml");
        byte[] good = Files.readAllBytes(saved);
        byte[] bytes = new byte[100_000];
        new Random(7).nextBytes(bytes);
        try (Load load = Load.on(mesh, "garbage in the config folder")) {
            load.awaitMore(300);
            load.mark("garbage");
            Files.write(noise, bytes);
            Files.write(saved, "kind: VirtualService\nspec: [".getBytes());
            awaitRefused("noise.yaml", "bookinfo.yaml");
            load.awaitMore(500);
            load.mark("kill pilot");
            mesh.killAndAwaitSuccessor("mesh-pilot");
            mesh.awaitReady("weft.pilot.http-port");
            awaitRefused("noise.yaml", "bookinfo.yaml");
            mesh.awaitAllSynced();
            load.mark("pilot is back");
            try (Probe probe = new Probe(mesh)) {
                probe.push();
                probe.awaitInForce();
            }
            load.assertNoneFailed();
        } finally {
            Files.deleteIfExists(noise);
            Files.write(saved, good);
        }
        awaitNoTrouble();
    }

    private void awaitRefused(String... what) {
        mesh.patiently().untilAsserted(() -> assertThat(Http.get(mesh.mesh().pilot("/weft/v1/errors")).body()).contains(what));
    }

    @Test
    void theFolderIsAway_andWhatWasInItStays_alsoAfterARestart() throws Exception {
        Path folder = mesh.config();
        Path away = folder.resolveSibling("config-away");
        try (Load load = Load.on(mesh, "the config folder cannot be read")) {
            load.awaitMore(300);
            load.mark("the folder is away");
            Files.move(folder, away);
            awaitFolderTrouble(folder, "there is no such folder");
            load.awaitMore(500);
            load.mark("a file is in its place");
            Files.writeString(folder, "not a folder");
            awaitFolderTrouble(folder, "it is no folder");
            load.awaitMore(500);
            Files.delete(folder);
            load.mark("kill pilot");
            mesh.killAndAwaitSuccessor("mesh-pilot");
            mesh.awaitReady("weft.pilot.http-port");
            mesh.awaitAllSynced();
            load.mark("pilot is back, the folder is not");
            awaitFolderTrouble(folder, "there is no such folder");
            HttpResponse<String> refused = mesh.put(NETWORKING + "virtualservices/round", """
                    apiVersion: networking.istio.io/v1
                    kind: VirtualService
                    metadata: {name: round, namespace: default}
                    spec:
                      hosts: [httpbin]
                      http:
                      - route: [{destination: {host: httpbin}}]
                    """);
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
            assertThat(refused.body()).contains(folder.toString());
            load.awaitMore(500);
            Files.move(away, folder);
            load.mark("the folder is back");
            try (Probe probe = new Probe(mesh)) {
                probe.push();
                probe.awaitInForce();
            }
            load.assertNoneFailed();
        } finally {
            restore(folder, away);
        }
    }

    /** For root too, whom permissions do not keep out. */
    @Test
    void theFolderLeadsNowhere_andWhatWasInItStays() throws Exception {
        Path folder = mesh.config();
        Path away = folder.resolveSibling("config-away");
        try (Load load = Load.on(mesh, "the config folder leads nowhere")) {
            load.awaitMore(300);
            Files.move(folder, away);
            load.mark("a link to itself is in its place");
            Files.createSymbolicLink(folder, folder.getFileName());
            awaitFolderTrouble(folder, "java.nio.file.FileSystemException: " + folder + ": Too many levels of symbolic links");
            assertServed();
            load.awaitMore(500);
            Files.delete(folder);
            load.mark("a link to nothing is in its place");
            Files.createSymbolicLink(folder, folder.resolveSibling("nothing"));
            awaitFolderTrouble(folder, "there is no such folder");
            assertServed();
            load.awaitMore(500);
            restore(folder, away);
            load.mark("the folder is back");
            awaitNoTrouble();
            try (Probe probe = new Probe(mesh)) {
                probe.push();
                probe.awaitInForce();
            }
            load.assertNoneFailed();
        } finally {
            restore(folder, away);
        }
    }

    /** What was in the folder is not only in force: pilot still says so. */
    private void assertServed() {
        assertThat(Http.get(mesh.mesh().pilot(NETWORKING + "virtualservices/survive")).statusCode()).isEqualTo(200);
    }

    /** Also after a half of the test. */
    private static void restore(Path folder, Path away) throws IOException {
        if (Files.exists(away)) {
            Files.deleteIfExists(folder);
            Files.move(away, folder);
        }
    }

    @Test
    void theFolderIsClosedToPilot_andWhatWasInItStays() throws Exception {
        Path folder = mesh.config();
        assumeTrue(permissionsKeepOut(), "SKIPPED: permissions do not keep this user out of a folder, as it is with root");
        try (Load load = Load.on(mesh, "the config folder's permissions are gone")) {
            load.awaitMore(300);
            load.mark("the folder's permissions are gone");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("---------"));
            awaitFolderTrouble(folder, "java.nio.file.AccessDeniedException");
            load.awaitMore(500);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            load.mark("they are back");
            awaitNoTrouble();
            load.assertNoneFailed();
        } finally {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private static boolean permissionsKeepOut() throws IOException {
        Path closed = Files.createTempDirectory("closed", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("---------")));
        try {
            return !Files.isReadable(closed);
        } finally {
            Files.delete(closed);
        }
    }

    private void awaitNoTrouble() {
        mesh.patiently().untilAsserted(() -> assertThat(Http.get(mesh.mesh().pilot("/weft/v1/errors")).body()).isEqualTo("[]"));
    }

    /** An operator sees it where he looks for what is refused. */
    private void awaitFolderTrouble(Path folder, String why) {
        awaitRefused(folder + " cannot be read: " + why);
    }
}
