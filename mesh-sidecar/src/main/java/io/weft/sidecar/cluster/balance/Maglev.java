package io.weft.sidecar.cluster.balance;

import io.weft.sidecar.cluster.Host;
import java.util.Arrays;

/**
 * Consistent hashing by a table that hosts fill in turns, each in an order of its own (Eisenbud and others, "Maglev", section 3.4; weights as Envoy
 * does it: a host of half the weight takes every second turn). Sizes must be prime, else an order would not visit every slot.
 */
final class Maglev implements HashChoice {
    /** Larger tables are cut to Envoy's default: it is fine enough for hundreds of hosts, and there is one for each locality of each cluster. */
    private static final int LARGEST = 65_537;

    private final Host[] hosts;
    private final int[] table;

    Maglev(Host[] hosts, int[] weights, int size) {
        this.hosts = hosts;
        this.table = fill(hosts, weights, Math.min(LARGEST, size));
    }

    private static int[] fill(Host[] hosts, int[] weights, int size) {
        int[] table = new int[size];
        Arrays.fill(table, -1);
        long[] next = new long[hosts.length];
        long[] skip = new long[hosts.length];
        for (int i = 0; i < hosts.length; i++) {
            next[i] = Long.remainderUnsigned(Hashes.of(hosts[i].text()), size);
            skip[i] = Long.remainderUnsigned(Hashes.of(hosts[i].text() + "#skip"), size - 1) + 1;
        }
        double heaviest = Arrays.stream(weights).max().orElse(1);
        double[] due = new double[hosts.length];
        int filled = 0;
        for (long round = 1; filled < size; round++) {
            for (int i = 0; i < hosts.length && filled < size; i++) {
                if (round * (double) weights[i] < due[i]) {
                    continue;
                }
                due[i] += heaviest;
                while (table[(int) next[i]] >= 0) {
                    next[i] = (next[i] + skip[i]) % size;
                }
                table[(int) next[i]] = i;
                filled++;
            }
        }
        return table;
    }

    @Override
    public Host at(long hash) {
        return hosts[table[(int) Long.remainderUnsigned(hash, table.length)]];
    }
}
