package io.weft.sidecar.cluster.balance;

import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.ClusterResource.LoadBalancing;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Hosts among which a policy chooses; immutable but for the round-robin position and the end of a slow start. */
final class HostGroup {
    private static final int LONGEST_SCHEDULE = 4096;

    private final Host[] hosts;
    private final @Nullable WeightedTable table;
    private final int @Nullable [] schedule;
    private final @Nullable HashChoice hashed;
    private final LoadBalancing policy;
    private final AtomicInteger position;
    /** Dropped when it is over; a loop that sees it longer only looks at the clock once more. */
    private @Nullable WarmingUp warming;

    HostGroup(List<Host> members, LoadBalancing policy) {
        this.hosts = members.toArray(Host[]::new);
        this.policy = policy;
        int[] weights = members.stream().mapToInt(host -> host.resource().weight()).toArray();
        boolean equal = Arrays.stream(weights).distinct().count() <= 1;
        this.table = equal ? null : new WeightedTable(weights);
        this.schedule = equal || policy.policy() != ClusterResource.Policy.ROUND_ROBIN ? null : schedule(weights);
        this.hashed = hashed(hosts, weights, policy);
        this.warming = hashed == null ? WarmingUp.of(hosts, policy.slowStart()) : null;
        this.position = new AtomicInteger(hosts.length == 0 ? 0 : ThreadLocalRandom.current().nextInt(hosts.length));
    }

    private static @Nullable HashChoice hashed(Host[] hosts, int[] weights, LoadBalancing policy) {
        if (hosts.length == 0) {
            return null;
        }
        return switch (policy.policy()) {
            case RING_HASH -> new HashRing(hosts, weights, policy);
            case MAGLEV -> new Maglev(hosts, weights, policy.maglevTable());
            case ROUND_ROBIN, LEAST_REQUEST, RANDOM -> null;
        };
    }

    int size() {
        return hosts.length;
    }

    @Nullable Host choose(BalanceInput input) {
        if (hosts.length <= 1) {
            return hosts.length == 0 ? null : hosts[0];
        }
        Host host = draw(input);
        for (int i = 1; i < input.hostSelectionAttempts() && input.alreadyTried(host); i++) {
            host = draw(input);
        }
        return input.hostSelectionAttempts() > 1 && input.alreadyTried(host) ? lookAround(host, input) : host;
    }

    /**
     * Envoy takes the last one drawn, tried or not. A dead host has no active requests, so of two hosts it is the one that is drawn most: whoever still has an
     * attempt finds the living one by going through the list.
     */
    private Host lookAround(Host drawn, BalanceInput input) {
        int from = input.loop().nextInt(hosts.length);
        for (int i = 0; i < hosts.length; i++) {
            Host host = hosts[(from + i) % hosts.length];
            if (!input.alreadyTried(host)) {
                return host;
            }
        }
        return drawn;
    }

    private Host draw(BalanceInput input) {
        HashChoice hashes = hashed;
        if (hashes != null) {
            return hashes.at(input.hash() != 0 ? input.hash() : input.loop().nextLong());
        }
        WarmingUp slowly = warming;
        if (slowly == null) {
            return byPolicy(input.loop());
        }
        if (slowly.over()) {
            warming = null;
            return byPolicy(input.loop());
        }
        Host host = byPolicy(input.loop());
        for (int draws = 1; !slowly.keep(host, draws, input.loop()); draws++) {
            host = byPolicy(input.loop());
        }
        return host;
    }

    private Host byPolicy(LoopState loop) {
        return switch (policy.policy()) {
            case LEAST_REQUEST -> leastRequest(loop);
            case ROUND_ROBIN -> roundRobin(loop);
            default -> any(loop);
        };
    }

    private Host any(LoopState loop) {
        WeightedTable weighted = table;
        return hosts[weighted == null ? loop.nextInt(hosts.length) : weighted.choose(loop)];
    }

    /** Power of two choices; weights decide who is drawn, active requests who is taken. */
    private Host leastRequest(LoopState loop) {
        Host best = any(loop);
        for (int i = 1; i < Math.max(2, policy.choices()); i++) {
            Host other = any(loop);
            if (other.activeRequests() < best.activeRequests()) {
                best = other;
            }
        }
        return best;
    }

    private Host roundRobin(LoopState loop) {
        int[] order = schedule;
        if (order != null) {
            return hosts[order[Math.floorMod(position.getAndIncrement(), order.length)]];
        }
        return table == null ? hosts[Math.floorMod(position.getAndIncrement(), hosts.length)] : any(loop);
    }

    /** Smooth weighted round robin written out; null when it would be too long, then weights are drawn at random. */
    private static int @Nullable [] schedule(int[] weights) {
        int divisor = 0;
        for (int weight : weights) {
            divisor = gcd(divisor, weight);
        }
        long total = 0;
        for (int weight : weights) {
            total += weight / divisor;
        }
        if (total > LONGEST_SCHEDULE) {
            return null;
        }
        int[] order = new int[(int) total];
        long[] current = new long[weights.length];
        for (int at = 0; at < order.length; at++) {
            int best = 0;
            for (int i = 0; i < weights.length; i++) {
                current[i] += weights[i] / divisor;
                if (current[i] > current[best]) {
                    best = i;
                }
            }
            current[best] -= total;
            order[at] = best;
        }
        return order;
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
