package io.weft.sidecar.route;

import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.resource.ResourceException;

/** Chooses by relative weight. */
public final class WeightedChoice {
    private final int[] cumulative;

    /** @throws ResourceException when the total is not from 1 to 2^31-1 */
    public WeightedChoice(int[] weights) {
        cumulative = new int[weights.length];
        long total = 0;
        for (int i = 0; i < weights.length; i++) {
            if (weights[i] < 0) {
                throw new ResourceException("weight: " + weights[i] + " (expected: >= 0)");
            }
            total += weights[i];
            cumulative[i] = (int) Math.min(total, Integer.MAX_VALUE);
        }
        if (total < 1 || total > Integer.MAX_VALUE) {
            throw new ResourceException("total weight: " + total + " (expected: 1 to 2147483647)");
        }
    }

    public int choose(LoopState loop) {
        int at = loop.nextInt(cumulative[cumulative.length - 1]);
        int i = 0;
        while (cumulative[i] <= at) {
            i++;
        }
        return i;
    }
}
