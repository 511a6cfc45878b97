package io.weft.sidecar.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Status;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A workload and its CA, over real gRPC and TLS. */
class WorkloadIdentityTest {

    private static final SpiffeId REVIEWS = SpiffeId.parse("spiffe://cluster.local/ns/default/sa/reviews");

    @TempDir
    Path home;

    private final TestCa ca = new TestCa();

    @BeforeEach
    void trustAndToken() throws IOException {
        trust(ca);
        token("t1");
    }

    @Test
    void asksByToken_thenByCertificateAtHalfLife_andTellsSubscribers() throws Exception {
        try (TestCaServer server = new TestCaServer(ca, 0)) {
            server.ttl = Duration.ofSeconds(6);
            try (WorkloadIdentity identity = start(server.port())) {
                List<Svid> seen = new CopyOnWriteArrayList<>();
                identity.subscribe(seen::add);
                assertThat(identity.awaitFirst(Duration.ofSeconds(20))).isTrue();
                await().atMost(Duration.ofSeconds(30)).until(() -> seen.size() >= 3);
                assertThat(server.asked).startsWith("Bearer t1", "certificate", "certificate");
                assertThat(seen).doesNotHaveDuplicates();
                assertThat(seen.get(1).key()).as("a new key each time").isNotEqualTo(seen.get(0).key());
                Duration between = Duration.between(seen.get(0).notBefore(), seen.get(1).notBefore());
                assertThat(between).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(6));
                assertThat(identity.trouble()).isNull();
            }
        }
    }

    @Test
    void whileTheCaIsAwayTheOldOneStays_andItComesBackByItself() throws Exception {
        TestCaServer server = new TestCaServer(ca, 0);
        int port = server.port();
        server.ttl = Duration.ofSeconds(6);
        try (WorkloadIdentity identity = start(port)) {
            assertThat(identity.awaitFirst(Duration.ofSeconds(20))).isTrue();
            Svid held = identity.current();
            server.close();
            await().atMost(Duration.ofSeconds(20)).until(() -> identity.trouble() != null && identity.trouble().contains("is not renewed"));
            assertThat(identity.current()).isNotNull();
            await().atMost(Duration.ofSeconds(20)).until(() -> identity.trouble().contains("expired at"));
            try (TestCaServer again = new TestCaServer(ca, port)) {
                await().atMost(Duration.ofSeconds(30)).until(() -> identity.current() != held && identity.trouble() == null);
                assertThat(again.asked.get(0)).as("its certificate is over").isEqualTo("Bearer t1");
            }
        }
    }

    @Test
    void aRestartServesFromDiskWhileTheCaIsAway() throws Exception {
        Svid before;
        int port;
        try (TestCaServer server = new TestCaServer(ca, 0);
                WorkloadIdentity identity = start(server.port())) {
            port = server.port();
            assertThat(identity.awaitFirst(Duration.ofSeconds(20))).isTrue();
            await().until(() -> Files.exists(home.resolve("cache/svid.pem")));
            before = identity.current();
        }
        assertThat(Files.getPosixFilePermissions(home.resolve("cache"))).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(Files.getPosixFilePermissions(home.resolve("cache/svid.pem"))).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        Files.delete(home.resolve("root-cert.pem"));
        try (WorkloadIdentity identity = start(port)) {
            assertThat(identity.current()).as("before start returns").isEqualTo(before);
        }
        // Others could have read the key: it is not used again.
        Files.setPosixFilePermissions(home.resolve("cache/svid.pem"), PosixFilePermissions.fromString("rw-r--r--"));
        try (WorkloadIdentity identity = start(port)) {
            assertThat(identity.current()).isNull();
            assertThat(home.resolve("cache/svid.pem")).doesNotExist();
        }
    }

    @Test
    void whatIsOnDiskForAnotherIdentityOrAnotherRootIsDropped() throws Exception {
        save(ca.svid("spiffe://cluster.local/ns/default/sa/ratings"));
        assertNothingFromDisk();
        save(new TestCa().svid(REVIEWS.uri()));
        assertNothingFromDisk();
        save(ca.svid(REVIEWS.uri(), Duration.ofMillis(-500)));
        assertNothingFromDisk();
        Svid good = ca.svid(REVIEWS.uri());
        save(new Svid(good.id(), TestCa.keys().getPrivate(), good.chain(), good.roots()));
        assertNothingFromDisk();
        save(good);
        try (WorkloadIdentity identity = start(1)) {
            assertThat(identity.current()).isEqualTo(good);
        }
    }

    @Test
    void saysWhatItWaitsFor() throws Exception {
        Files.delete(home.resolve("root-cert.pem"));
        Files.delete(home.resolve("token"));
        try (TestCaServer server = new TestCaServer(ca, 0);
                WorkloadIdentity identity = start(server.port())) {
            await().until(() -> identity.trouble().contains("waiting for the mesh's root certificate at " + home.resolve("root-cert.pem")));
            trust(ca);
            await().until(() -> identity.trouble().contains("waiting for a token at " + home.resolve("token")));
            assertThat(identity.current()).isNull();
            token("t2");
            assertThat(identity.awaitFirst(Duration.ofSeconds(20))).isTrue();
            assertThat(server.asked).containsExactly("Bearer t2");
        }
    }

    @Test
    void aRefusalIsToldInTheCasWords() throws Exception {
        try (TestCaServer server = new TestCaServer(ca, 0)) {
            server.refuse = Status.UNAUTHENTICATED.withDescription("token refused: expired");
            try (WorkloadIdentity identity = start(server.port())) {
                await().until(() -> identity.trouble().contains("UNAUTHENTICATED: token refused: expired"));
                server.refuse = null;
                assertThat(identity.awaitFirst(Duration.ofSeconds(20))).isTrue();
            }
        }
    }

    @Test
    void anotherServerInTheCasPlaceGetsNoToken() throws Exception {
        TestCa foreign = new TestCa();
        try (TestCaServer server = new TestCaServer(foreign, 0);
                WorkloadIdentity identity = start(server.port())) {
            await().until(() -> identity.trouble().contains("does not lead to a root of the mesh"));
            assertThat(server.asked).isEmpty();
        }
        try (TestCaServer server = new TestCaServer(ca, ca.svid("spiffe://cluster.local/ns/default/sa/ratings"), 0);
                WorkloadIdentity identity = start(server.port())) {
            await().until(() -> identity.trouble().contains("peer is spiffe://cluster.local/ns/default/sa/ratings"));
            assertThat(server.asked).isEmpty();
        }
    }

    @Test
    void aCertificateForSomebodyElseIsNotUsed() throws Exception {
        try (TestCaServer server = new TestCaServer(ca, 0)) {
            server.issuedUri = "spiffe://cluster.local/ns/default/sa/ratings";
            try (WorkloadIdentity identity = start(server.port())) {
                await().until(() -> identity.trouble().contains("certificate of spiffe://cluster.local/ns/default/sa/ratings"));
                assertThat(identity.current()).isNull();
            }
        }
    }

    @Test
    void aNewRootIsFollowedAtOnce() throws Exception {
        TestCa next = new TestCa();
        TestCaServer server = new TestCaServer(ca, 0);
        int port = server.port();
        try (WorkloadIdentity identity = start(port)) {
            assertThat(identity.awaitFirst(Duration.ofSeconds(20))).isTrue();
            server.close();
            try (TestCaServer rebuilt = new TestCaServer(next, port)) {
                trust(next);
                await().atMost(Duration.ofSeconds(30)).until(() -> identity.current().roots().equals(List.of(next.root())));
                assertThat(rebuilt.asked).containsExactly("Bearer t1");
            }
        }
    }

    private void assertNothingFromDisk() {
        try (WorkloadIdentity identity = start(1)) {
            assertThat(identity.current()).isNull();
            assertThat(home.resolve("cache/svid.pem")).doesNotExist();
        }
    }

    private void save(Svid svid) {
        new SvidCache(REVIEWS, home.resolve("cache")).save(svid);
    }

    private WorkloadIdentity start(int port) {
        return WorkloadIdentity.start(WorkloadIdentityConfig.of(
                REVIEWS, "127.0.0.1", port, home.resolve("root-cert.pem"), home.resolve("token"), home.resolve("cache")));
    }

    private void trust(TestCa authority) {
        try {
            PrivateFiles.replace(home.resolve("root-cert.pem"), Pem.encode(List.of(authority.root())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void token(String token) throws IOException {
        PrivateFiles.replace(home.resolve("token"), token + "\n");
    }

    @Test
    void renewalIsAtHalfOfTheLifeWithLittleJitter() {
        Svid svid = ca.svid(REVIEWS.uri(), Duration.ofHours(24));
        Instant middle = svid.notBefore().plus(Duration.ofHours(12));
        for (int i = 0; i < 1000; i++) {
            assertThat(RenewalTimes.renewAt(svid)).isBetween(middle.minusSeconds(870), middle.plusSeconds(870));
        }
    }
}
