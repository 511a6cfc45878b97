package io.weft.sidecar.cluster.balance;

import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.resource.ClusterResource.LoadBalancing;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An immutable picture of a cluster's hosts to choose from; made anew when hosts or their health change. Mirrors Envoy: a priority carries
 * load by its share of healthy hosts times the overprovisioning factor, what is missing spills to the next; a priority that is below the
 * panic threshold uses all its hosts; localities with weights share by weight times their own availability.
 */
public final class Balancer {
    private final Level[] levels;
    private final int[] loads;
    private final int totalLoad;

    /** @param localities host lists with what EDS says of their locality */
    public Balancer(List<Members> localities, LoadBalancing policy, double panicThreshold, int overprovisioning) {
        int priorities = localities.stream().mapToInt(Members::priority).max().orElse(-1) + 1;
        levels = new Level[priorities];
        loads = new int[priorities];
        int[] health = new int[priorities];
        int total = 0;
        for (int p = 0; p < priorities; p++) {
            int priority = p;
            List<Members> members =
                    localities.stream().filter(m -> m.priority() == priority).toList();
            health[p] = Level.availability(members, overprovisioning);
            total += health[p];
        }
        int sum = Math.min(100, total);
        int left = 100;
        for (int p = 0; p < priorities; p++) {
            int share = sum == 0 ? 0 : Math.min(left, health[p] * 100 / sum);
            loads[p] = share;
            left -= share;
        }
        spread(left, sum, localities);
        for (int p = 0; p < priorities; p++) {
            int priority = p;
            levels[p] = Level.of(
                    localities.stream().filter(m -> m.priority() == priority).toList(), policy, panicThreshold, overprovisioning);
            if (levels[p].isEmpty()) {
                loads[p] = 0;
            }
        }
        totalLoad = Arrays.stream(loads).sum();
    }

    /** Rounding goes to the first priority with load; total panic puts load on priorities by their size. */
    private void spread(int left, int sum, List<Members> localities) {
        if (sum == 0) {
            for (Members members : localities) {
                loads[members.priority()] += members.hosts().size();
            }
            return;
        }
        for (int p = 0; p < loads.length; p++) {
            if (loads[p] > 0) {
                loads[p] += left;
                return;
            }
        }
    }

    /** Null: no endpoint (503 UH). */
    public @Nullable Host choose(BalanceInput input) {
        if (totalLoad == 0) {
            return null;
        }
        if (levels.length == 1) {
            return levels[0].choose(input);
        }
        int at = input.loop().nextInt(totalLoad);
        int p = 0;
        while (at >= loads[p]) {
            at -= loads[p];
            p++;
        }
        return levels[p].choose(input);
    }

    /** The hosts of one locality. */
    public record Members(int priority, int weight, List<Host> hosts) {
        public Members {
            hosts = List.copyOf(hosts);
        }

        int healthyCount() {
            int count = 0;
            for (Host host : hosts) {
                count += host.healthy() ? 1 : 0;
            }
            return count;
        }
    }
}
