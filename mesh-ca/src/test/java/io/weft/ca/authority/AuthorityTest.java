package io.weft.ca.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {

    private static final AuthorityLimits LIMITS =
            new AuthorityLimits(Duration.ofDays(3650), Duration.ofDays(365), Duration.ofHours(24), Duration.ofDays(90));
    private static final Subject REVIEWS = Subject.workload(SpiffeId.parse("spiffe://cluster.local/ns/default/sa/reviews"));

    @TempDir
    Path directory;

    private final Movable clock = new Movable();

    @Test
    void theIntermediateIsRenewedAtHalfOfItsLife_andOldLeavesStillLeadToTheRoot() throws Exception {
        try (Authority authority = open()) {
            X509Certificate first = authority.intermediate();
            var old = authority.issue(REVIEWS, Keys.p256().getPublic(), Duration.ofDays(90));
            clock.move(Duration.ofDays(180));
            authority.renewIntermediateIfDue();
            assertThat(authority.intermediate()).isEqualTo(first);
            clock.move(Duration.ofDays(5));
            authority.renewIntermediateIfDue();
            assertThat(authority.intermediate()).isNotEqualTo(first);
            old.get(0).verify(old.get(1).getPublicKey());
            old.get(1).verify(authority.root().getPublicKey());
        }
        try (Authority again = open()) {
            assertThat(again.intermediate().getNotBefore().toInstant()).isAfter(Instant.now().plus(Duration.ofDays(184)));
        }
    }

    @Test
    void nothingOutlivesItsIssuer() {
        try (Authority authority = open()) {
            clock.move(Duration.ofDays(3600));
            authority.renewIntermediateIfDue();
            authority.renewIntermediateIfDue();
            assertThat(authority.intermediate().getNotAfter()).isEqualTo(authority.root().getNotAfter());
            X509Certificate leaf = authority.issue(REVIEWS, Keys.p256().getPublic(), Duration.ofDays(90)).get(0);
            assertThat(leaf.getNotAfter()).isEqualTo(authority.root().getNotAfter());
        }
    }

    @Test
    void anEndedRootIsRefusedWithWhatToDo() {
        open().close();
        clock.move(Duration.ofDays(3651));
        assertThatThrownBy(this::open).isInstanceOf(AuthorityException.class).hasMessageContaining("root certificate ended");
    }

    @Test
    void anotherTrustDomainGetsAnIntermediateOfItsOwn() {
        try (Authority authority = open()) {
            assertThatThrownBy(() -> authority.issue(
                            Subject.workload(SpiffeId.parse("spiffe://other/ns/a/sa/b")), Keys.p256().getPublic(), Duration.ofHours(1)))
                    .hasMessageContaining("expected: cluster.local");
        }
        try (Authority other = Authority.open(new AuthorityFolder(directory), "other.example", LIMITS, clock)) {
            assertThat(other.intermediate().getSubjectX500Principal().getName()).contains("other.example");
        }
    }

    @Test
    void lifetimesThatContradictEachOtherAreRefused() {
        assertThatThrownBy(() -> new AuthorityLimits(Duration.ofDays(1), Duration.ofDays(1), Duration.ofDays(3), Duration.ofDays(2)))
                .hasMessageContaining("expected: each at most the next");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "spiffe://", "spiffe://cluster.local", "http://cluster.local/ns/a/sa/b", "spiffe://cluster.local/ns/a/sa/b/", "spiffe://cluster.local/ns/a/sa/",
        "spiffe://cluster.local/ns/a/sa/..", "spiffe://Cluster.local/ns/a/sa/b", "spiffe://cluster.local:80/ns/a/sa/b", "spiffe://u@cluster.local/ns/a/sa/b",
        "spiffe://cluster.local/ns/a%2f/sa/b", "spiffe://cluster.local/ns/a.b/sa/c", "spiffe://cluster.local/ns/a/sa/b?x", "spiffe://cluster.local//ns/a/sa/b",
        "spiffe://cluster.local/sa/a/ns/b", "spiffe://-a/ns/a/sa/b", "spiffe://a..b/ns/a/sa/b", "spiffe://cluster.local/ns/ä/sa/b"
    })
    void spiffeIdsOfAnotherForm(String uri) {
        assertThatThrownBy(() -> SpiffeId.parse(uri)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("expected");
    }

    private Authority open() {
        return Authority.open(new AuthorityFolder(directory), "cluster.local", LIMITS, clock);
    }

    private static final class Movable extends Clock {
        private Duration ahead = Duration.ZERO;

        void move(Duration by) {
            ahead = ahead.plus(by);
        }

        @Override
        public Instant instant() {
            return InstantSource.system().instant().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
