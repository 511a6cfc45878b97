package io.weft.sidecar.cluster.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.resource.ClusterResource.LoadBalancing;
import io.weft.sidecar.resource.ClusterResource.Policy;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.NetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class BalancerTest {
    private static final DefaultEventLoop LOOP = new DefaultEventLoop();
    private static final LoopState STATE = LoopState.of(LOOP);

    @AfterAll
    static void stop() {
        LOOP.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private static Host host(int port, int weight) {
        EndpointsResource.Endpoint endpoint = new EndpointsResource.Endpoint(
                new NetAddress("127.0.0.1", port), "", weight, EndpointsResource.Health.UNKNOWN, Map.of(), "", 0);
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

    @Test
    void aHashStaysWithItsHost_andMostHashesStayWhenAHostGoes() {
        Host a = host(1, 1);
        Host b = host(2, 1);
        Host c = host(3, 1);
        Balancer three = of(Policy.RING_HASH, 0, members(0, 0, a, b, c));
        Balancer two = of(Policy.RING_HASH, 0, members(0, 0, a, b));
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
