package io.weft.ca.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.weft.ca.authority.Authority;
import io.weft.ca.authority.AuthorityException;
import io.weft.ca.authority.AuthorityLimits;
import io.weft.ca.authority.AuthorityStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One authority in one Secret, whoever comes when. */
class SecretStoreTest {

    private static final AuthorityLimits LIMITS =
            new AuthorityLimits(Duration.ofDays(3650), Duration.ofDays(365), Duration.ofHours(24), Duration.ofDays(90));
    private static final Clock NOW = Clock.systemUTC();
    /** When an intermediate made today is due, and still good. */
    private static final Clock LATER = Clock.fixed(Instant.now().plus(Duration.ofDays(200)), ZoneOffset.UTC);

    private final ApiServerDouble api = new ApiServerDouble("istio-system");
    private final KubernetesClient client = api.client();

    @AfterEach
    void stop() {
        client.close();
        api.close();
    }

    @Test
    void theFirstStartMakesTheSecret_theNextOneTakesIt() {
        Authority first = open(NOW);
        Secret secret = secret();
        assertThat(secret.getType()).isEqualTo("istio.io/ca-root");
        assertThat(secret.getData()).containsOnlyKeys("root-cert.pem", "root-key.pem", "ca-cert.pem", "ca-key.pem");
        Authority second = open(NOW);
        assertThat(second.root()).isEqualTo(first.root());
        assertThat(second.intermediate()).isEqualTo(first.intermediate());
    }

    @Test
    void replicasThatStartTogetherAgree() throws Exception {
        int replicas = 6;
        CyclicBarrier together = new CyclicBarrier(replicas);
        List<CompletableFuture<Authority>> starting = new ArrayList<>();
        for (int i = 0; i < replicas; i++) {
            starting.add(CompletableFuture.supplyAsync(() -> {
                try {
                    together.await();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                return open(NOW);
            }, task -> new Thread(task).start()));
        }
        List<Authority> all = starting.stream().map(CompletableFuture::join).toList();
        assertThat(all).extracting(Authority::root).containsOnly(all.get(0).root());
        assertThat(all).extracting(Authority::intermediate).containsOnly(all.get(0).intermediate());
    }

    @Test
    void theIntermediateIsMadeByOne_andTakenByTheOthers() {
        open(NOW);
        Authority one = open(LATER);
        Authority other = open(LATER);
        var before = one.intermediate();
        one.renewIntermediateIfDue();
        assertThat(one.intermediate()).isNotEqualTo(before);
        other.renewIntermediateIfDue();
        assertThat(other.intermediate()).isEqualTo(one.intermediate());
        assertThat(other.root()).isEqualTo(one.root());
    }

    @Test
    void aDeletedSecretIsPutBack() {
        Authority authority = open(NOW);
        Secret before = secret();
        client.secrets().inNamespace("istio-system").withName("istio-ca-secret").delete();
        authority.renewIntermediateIfDue();
        assertThat(secret().getData()).isEqualTo(before.getData());
        assertThat(open(NOW).root()).isEqualTo(authority.root());
    }

    @Test
    void anotherRootThereIsSaidAndNotTaken() {
        Authority authority = open(NOW);
        var root = authority.root();
        client.secrets().inNamespace("istio-system").withName("istio-ca-secret").delete();
        Authority stranger = open(NOW);
        assertThatThrownBy(authority::renewIntermediateIfDue)
                .isInstanceOf(AuthorityException.class)
                .hasMessageContaining("istio-ca-secret, root-cert.pem is another root than ours");
        assertThat(authority.root()).isEqualTo(root).isNotEqualTo(stranger.root());
        assertThat(authority.trouble()).contains("another root");
        assertThat(stranger.trouble()).isNull();
    }

    @Test
    void anUnusableIntermediateIsMadeAnew_anUnusableRootEndsTheStart() {
        Authority authority = open(NOW);
        change("ca-cert.pem", "bm90IFBFTQ==");
        Authority again = open(NOW);
        assertThat(again.root()).isEqualTo(authority.root());
        assertThat(again.intermediate()).isNotEqualTo(authority.intermediate());
        change("root-key.pem", "bm90IFBFTQ==");
        assertThatThrownBy(() -> open(NOW)).hasMessageContaining("Secret istio-system/istio-ca-secret, root-key.pem does not parse");
        change("root-key.pem", "%%%");
        assertThatThrownBy(() -> open(NOW)).hasMessageContaining("root-key.pem: not base64");
        change("root-key.pem", "");
        assertThatThrownBy(() -> open(NOW)).hasMessageContaining("root-key.pem: missing");
        change("root-cert.pem", "");
        assertThatThrownBy(() -> open(NOW)).hasMessageContaining("has no root-cert.pem").hasMessageContaining("delete it");
    }

    @Test
    void aStartWaitsForTheApiServer() {
        api.goesAway();
        CompletableFuture<Authority> starting = CompletableFuture.supplyAsync(() -> open(NOW));
        assertThatThrownBy(() -> open(NOW, Duration.ZERO))
                .isInstanceOf(AuthorityException.class)
                .hasMessageContaining("Secret istio-system/istio-ca-secret cannot be read");
        assertThat(starting).isNotDone();
        api.comesBack();
        await().until(starting::isDone);
        assertThat(starting.join().root()).isNotNull();
    }

    @Test
    void whileTheApiServerIsAwayWhatIsInForceStaysSo() {
        open(NOW);
        Authority authority = open(LATER);
        var intermediate = authority.intermediate();
        api.failsWith(503);
        assertThatThrownBy(authority::renewIntermediateIfDue).isInstanceOf(AuthorityException.class).hasMessageContaining("HTTP 503");
        assertThat(authority.intermediate()).isEqualTo(intermediate);
        api.failsWith(0);
        authority.renewIntermediateIfDue();
        assertThat(authority.intermediate()).isNotEqualTo(intermediate);
    }

    @Test
    void missingRightsAreNamed() {
        api.failsWith(403);
        assertThatThrownBy(() -> open(NOW, Duration.ZERO)).hasMessageContaining("HTTP 403: not today").hasMessageContaining("ClusterRole and Role of mesh-ca");
    }

    private Authority open(Clock clock) {
        return open(clock, Duration.ofSeconds(30));
    }

    private Authority open(Clock clock, Duration patience) {
        AuthorityStore store = new SecretStore(client, patience);
        return Authority.open(store, "cluster.local", LIMITS, clock);
    }

    private Secret secret() {
        return client.secrets().inNamespace("istio-system").withName("istio-ca-secret").get();
    }

    private void change(String key, String base64) {
        client.secrets().inNamespace("istio-system").withName("istio-ca-secret")
                .edit(secret -> new SecretBuilder(secret).addToData(key, base64).build());
    }
}
