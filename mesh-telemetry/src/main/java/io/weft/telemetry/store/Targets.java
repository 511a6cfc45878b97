package io.weft.telemetry.store;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whose metrics are collected, and how that goes.
 *
 * @param discovery why mesh-pilot's list of targets is not there; null when it is
 */
public record Targets(@Nullable String discovery, List<Target> items) {

    /** Before the first round. */
    public static final Targets NONE = new Targets(null, List.of());

    public Targets {
        items = List.copyOf(items);
    }

    /**
     * One target.
     *
     * @param up whether it answered last time
     * @param error why not; null when it did
     * @param series of the mesh's metrics on its page
     * @param lastScrape when it last answered
     */
    public record Target(
            String url,
            @Nullable String workload,
            @Nullable String namespace,
            boolean up,
            @Nullable String error,
            int series,
            @Nullable Instant lastScrape) {}
}
