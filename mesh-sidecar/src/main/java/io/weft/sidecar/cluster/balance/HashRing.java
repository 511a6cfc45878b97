package io.weft.sidecar.cluster.balance;

import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.resource.ClusterResource.LoadBalancing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Consistent hashing: each host owns points on a ring in proportion to its weight (Envoy's RING_HASH). */
final class HashRing implements HashChoice {
    private static final long LARGEST = 65_536;

    private final long[] points;
    private final Host[] owners;

    HashRing(Host[] hosts, int[] weights, LoadBalancing policy) {
        long total = Arrays.stream(weights).asLongStream().sum();
        long size = Math.min(LARGEST, Math.max(policy.minRingSize(), hosts.length));
        List<Point> ring = new ArrayList<>();
        for (int i = 0; i < hosts.length; i++) {
            long count = Math.max(1, Math.round((double) size * weights[i] / total));
            for (long n = 0; n < count; n++) {
                ring.add(new Point(Hashes.of(hosts[i].text() + '_' + n), hosts[i]));
            }
        }
        ring.sort((a, b) -> Long.compareUnsigned(a.hash(), b.hash()));
        points = ring.stream().mapToLong(Point::hash).toArray();
        owners = ring.stream().map(Point::host).toArray(Host[]::new);
    }

    @Override
    public Host at(long hash) {
        int low = 0;
        int high = points.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(points[middle], hash) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return owners[low == points.length ? 0 : low];
    }

    private record Point(long hash, Host host) {}
}
