package io.weft.sidecar.cluster.balance;

import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.resource.ClusterResource.LoadBalancing;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One priority. */
final class Level {
    private final HostGroup[] groups;
    private final @Nullable WeightedTable localities;

    private Level(List<HostGroup> groups, int @Nullable [] weights) {
        this.groups = groups.toArray(HostGroup[]::new);
        this.localities = weights == null ? null : new WeightedTable(weights);
    }

    /** Percent of what this priority should carry that it can, 0 to 100. */
    static int availability(List<Balancer.Members> members, int overprovisioning) {
        int all = members.stream().mapToInt(m -> m.hosts().size()).sum();
        int healthy = members.stream().mapToInt(Balancer.Members::healthyCount).sum();
        return all == 0 ? 0 : (int) Math.min(100, (long) overprovisioning * healthy / all);
    }

    static Level of(List<Balancer.Members> members, LoadBalancing policy, double panicThreshold, int overprovisioning) {
        int all = members.stream().mapToInt(m -> m.hosts().size()).sum();
        int healthy = members.stream().mapToInt(Balancer.Members::healthyCount).sum();
        boolean panic = all > 0 && 100.0 * healthy / all < panicThreshold;
        boolean weighted = !panic && members.stream().anyMatch(m -> m.weight() > 0);
        if (!weighted) {
            List<Host> usable = new ArrayList<>();
            members.forEach(m -> usable.addAll(usable(m, panic)));
            return new Level(List.of(new HostGroup(usable, policy)), null);
        }
        List<HostGroup> groups = new ArrayList<>();
        List<Integer> weights = new ArrayList<>();
        for (Balancer.Members m : members) {
            List<Host> usable = usable(m, false);
            if (m.weight() > 0 && !usable.isEmpty()) {
                groups.add(new HostGroup(usable, policy));
                weights.add(Math.max(1, (int) ((long) m.weight() * availability(List.of(m), overprovisioning) / 100)));
            }
        }
        return groups.isEmpty()
                ? new Level(List.of(new HostGroup(List.of(), policy)), null)
                : new Level(groups, weights.stream().mapToInt(Integer::intValue).toArray());
    }

    private static List<Host> usable(Balancer.Members members, boolean panic) {
        return panic ? members.hosts() : members.hosts().stream().filter(Host::healthy).toList();
    }

    boolean isEmpty() {
        for (HostGroup group : groups) {
            if (group.size() > 0) {
                return false;
            }
        }
        return true;
    }

    @Nullable Host choose(BalanceInput input) {
        WeightedTable byLocality = localities;
        return groups[byLocality == null ? 0 : byLocality.choose(input.loop())].choose(input);
    }
}
