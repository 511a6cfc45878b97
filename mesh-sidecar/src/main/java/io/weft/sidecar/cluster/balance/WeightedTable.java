package io.weft.sidecar.cluster.balance;

import io.weft.sidecar.loop.LoopState;
import java.util.Arrays;

/** Draws by weight: a binary search in the running totals. */
final class WeightedTable {
    private final long[] totals;

    WeightedTable(int[] weights) {
        totals = new long[weights.length];
        long total = 0;
        for (int i = 0; i < weights.length; i++) {
            total += weights[i];
            totals[i] = total;
        }
    }

    int choose(LoopState loop) {
        long at = Math.floorMod(loop.nextLong() >>> 1, totals[totals.length - 1]);
        int found = Arrays.binarySearch(totals, at);
        int index = found >= 0 ? found + 1 : -found - 1;
        return Math.min(index, totals.length - 1);
    }
}
