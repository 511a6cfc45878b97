package io.weft.sidecar.cluster.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.channel.DefaultEventLoop;
import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.resource.ClusterResource.LoadBalancing;
import io.weft.sidecar.resource.ClusterResource.Policy;
import io.weft.sidecar.resource.ClusterResource.SlowStart;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.NetAddress;
import io.weft.sidecar.resource.Workload;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BalancerTest {
    private static final DefaultEventLoop LOOP = new DefaultEventLoop();
    private static final LoopState STATE = LoopState.of(LOOP);

    @AfterAll
    static void stop() {
        LOOP.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private static Host host(int port, int weight) {
        EndpointsResource.Endpoint endpoint = new EndpointsResource.Endpoint(
                new NetAddress("127.0.0.1", port), "", weight, EndpointsResource.Health.UNKNOWN, Map.of(), Workload.UNKNOWN, 0);
        return new Host(endpoint, new InetSocketAddress("127.0.0.1", port), 0);
    }

    private record Input(long hash, List<Host> tried) implements BalanceInput {
        @Override
        public LoopState loop() {
            return STATE;
        }

        @Override
        public boolean alreadyTried(Host host) {
            return tried.contains(host);
        }

        @Override
        public int hostSelectionAttempts() {
            return 5;
        }
    }

    private static final Input ANY = new Input(0, List.of());

    private static Map<Integer, Integer> counts(Balancer balancer, int draws, BalanceInput input) {
        Map<Integer, Integer> counts = new HashMap<>();
        for (int i = 0; i < draws; i++) {
            Host host = balancer.choose(input);
            counts.merge(host == null ? 0 : host.address().getPort(), 1, Integer::sum);
        }
        return counts;
    }

    private static Balancer of(Policy policy, double panic, Balancer.Members... members) {
        return new Balancer(List.of(members), LoadBalancing.of(policy), panic, 140);
    }

    private static Balancer.Members members(int priority, int weight, Host... hosts) {
        return new Balancer.Members(priority, weight, List.of(hosts));
    }

    @Test
    void roundRobinIsExact_weightsIncluded() {
        Balancer balancer = of(Policy.ROUND_ROBIN, 50, members(0, 0, host(1, 1), host(2, 3)));
        assertThat(counts(balancer, 400, ANY)).isEqualTo(Map.of(1, 100, 2, 300));
    }

    @Test
    void leastRequestPrefersTheIdleHost() {
        Host busy = host(1, 1);
        for (int i = 0; i < 10; i++) {
            busy.requestStarted();
        }
        Balancer balancer = of(Policy.LEAST_REQUEST, 50, members(0, 0, busy, host(2, 1)));
        assertThat(counts(balancer, 1000, ANY).get(2)).isBetween(690, 810);
    }

    @Test
    void aHostThatWasNotTriedIsFound_howeverIdleTheTriedOneIs() {
        Host dead = host(1, 1);
        Host alive = host(2, 1);
        for (int i = 0; i < 10; i++) {
            alive.requestStarted();
        }
        Balancer balancer = of(Policy.LEAST_REQUEST, 50, members(0, 0, dead, alive));
        assertThat(counts(balancer, 1000, new Input(0, List.of(dead)))).isEqualTo(Map.of(2, 1000));
        assertThat(counts(balancer, 10, new Input(0, List.of(dead, alive))).values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(10);
    }

    @Test
    void unhealthyHostsAreLeftOut_untilTooFewAreLeft() {
        Host a = host(1, 1);
        Host b = host(2, 1);
        Host c = host(3, 1);
        a.activeHealth(false);
        assertThat(counts(of(Policy.ROUND_ROBIN, 50, members(0, 0, a, b, c)), 100, ANY)).doesNotContainKey(1);
        b.activeHealth(false);
        assertThat(counts(of(Policy.ROUND_ROBIN, 50, members(0, 0, a, b, c)), 90, ANY)).hasSize(3);
        assertThat(counts(of(Policy.ROUND_ROBIN, 0, members(0, 0, a, b, c)), 90, ANY)).containsOnlyKeys(3);
        c.activeHealth(false);
        assertThat(counts(of(Policy.ROUND_ROBIN, 0, members(0, 0, a, b, c)), 9, ANY)).isEqualTo(Map.of(0, 9));
    }

    @Test
    void theNextPriorityTakesWhatTheFirstCannotCarry() {
        Host a = host(1, 1);
        Host b = host(2, 1);
        Balancer.Members second = members(1, 0, host(3, 1));
        assertThat(counts(of(Policy.ROUND_ROBIN, 0, members(0, 0, a, b), second), 100, ANY)).doesNotContainKey(3);
        a.activeHealth(false);
        // 140 % of a half is 70 %
        assertThat(counts(of(Policy.ROUND_ROBIN, 0, members(0, 0, a, b), second), 2000, ANY).get(3)).isBetween(500, 700);
        b.activeHealth(false);
        assertThat(counts(of(Policy.ROUND_ROBIN, 0, members(0, 0, a, b), second), 100, ANY)).containsOnlyKeys(3);
    }

    @Test
    void localityWeightsShare() {
        Balancer balancer = of(Policy.ROUND_ROBIN, 0, members(0, 80, host(1, 1)), members(0, 20, host(2, 1)));
        assertThat(counts(balancer, 2000, ANY).get(1)).isBetween(1500, 1700);
    }

    @ParameterizedTest
    @EnumSource(value = Policy.class, names = {"RING_HASH", "MAGLEV"})
    void aHashStaysWithItsHost_andMostHashesStayWhenAHostGoes(Policy policy) {
        Host a = host(1, 1);
        Host b = host(2, 1);
        Host c = host(3, 1);
        Balancer three = of(policy, 0, members(0, 0, a, b, c));
        Balancer two = of(policy, 0, members(0, 0, a, b));
        int moved = 0;
        for (int i = 0; i < 1000; i++) {
            Input input = new Input(Hashes.of("user-" + i), List.of());
            assertThat(three.choose(input)).isSameAs(three.choose(input));
            Host before = three.choose(input);
            moved += before != c && before != two.choose(input) ? 1 : 0;
        }
        assertThat(moved).isLessThan(200);
    }

    @Test
    void maglevSharesByWeight_whateverTheTableSize() {
        for (int size : new int[] {11, 251, 65_537, 5_000_011}) {
            LoadBalancing policy = new LoadBalancing(Policy.MAGLEV, 2, 1024, 8_388_608, size, null);
            Balancer balancer = new Balancer(List.of(members(0, 0, host(1, 1), host(2, 3))), policy, 0, 140);
            int second = 0;
            for (int i = 0; i < 4000; i++) {
                second += balancer.choose(new Input(Hashes.of("user-" + i), List.of())).address().getPort() == 2 ? 1 : 0;
            }
            assertThat(second).as("table of %d", size).isBetween(size < 100 ? 2700 : 2880, 3120 + (size < 100 ? 400 : 0));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Policy.class, names = {"ROUND_ROBIN", "LEAST_REQUEST"})
    void aHostThatIsHealthyAgainStartsSlowly(Policy policy) {
        Host old = host(1, 1);
        Host fresh = host(2, 1);
        // Steep: nearly all of the window passes at the least share.
        LoadBalancing slowly = LoadBalancing.of(policy).withSlowStart(new SlowStart(Duration.ofSeconds(1), 0.1, 0.1));
        List<Balancer.Members> both = List.of(members(0, 0, old, fresh));
        assertThat(counts(new Balancer(both, slowly, 50, 140), 2000, ANY).get(2)).as("both are new").isBetween(800, 1200);
        await().until(() -> System.nanoTime() - old.warmingSince() > 1_000_000_000);
        fresh.activeHealth(false);
        fresh.activeHealth(true);
        Balancer balancer = new Balancer(both, slowly, 50, 140);
        assertThat(counts(balancer, 1000, ANY).get(2)).as("a tenth of the weight").isBetween(40, 160);
        await().until(() -> System.nanoTime() - fresh.warmingSince() > 1_000_000_000);
        assertThat(counts(balancer, 1000, ANY).get(2)).as("warm").isBetween(400, 600);
    }

    @Test
    void aHostThatWasTriedIsAvoided() {
        Host a = host(1, 1);
        Host b = host(2, 1);
        Balancer balancer = of(Policy.ROUND_ROBIN, 0, members(0, 0, a, b));
        assertThat(counts(balancer, 100, new Input(0, List.of(a)))).containsOnlyKeys(2);
    }

    @Test
    void noHostsIsNobody() {
        assertThat(of(Policy.ROUND_ROBIN, 50).choose(ANY)).isNull();
    }
}
