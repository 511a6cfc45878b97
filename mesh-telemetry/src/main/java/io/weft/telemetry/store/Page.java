package io.weft.telemetry.store;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The mesh's metrics on one target's page, or what they grew by.
 *
 * @param families readings by metric, then by labels
 * @param startSeconds when the target's process began, since 1970; null if it does not say
 */
public record Page(Map<StandardMetric, Map<LabelSet, Reading>> families, @Nullable Double startSeconds) {

    /** Nothing. */
    public static final Page EMPTY = new Page(Map.of(), null);

    /** How many series it has; a histogram is one. */
    public int size() {
        return families.values().stream().mapToInt(Map::size).sum();
    }

    /**
     * What was added since an earlier page of the same target. If its process is another one all of it is new: it says when it began, or one of its
     * series fell. (A process that restarted and already counts more, in every series, than its predecessor cannot be told without the former.)
     */
    public Page since(Page earlier) {
        if (restartedSince(earlier)) {
            return this;
        }
        Map<StandardMetric, Map<LabelSet, Reading>> grown = new HashMap<>();
        families.forEach((metric, series) -> {
            Map<LabelSet, Reading> before = earlier.families.getOrDefault(metric, Map.of());
            Map<LabelSet, Reading> added = new HashMap<>();
            series.forEach((labels, reading) -> {
                Reading last = before.get(labels);
                added.put(labels, last == null ? reading : reading.since(last));
            });
            grown.put(metric, added);
        });
        return new Page(grown, startSeconds);
    }

    /** The same, with the labels of an earlier page of the target where they are equal, so that these are held once. */
    public Page sharingLabelsWith(Page earlier) {
        Map<StandardMetric, Map<LabelSet, Reading>> shared = new HashMap<>();
        families.forEach((metric, series) -> {
            Map<LabelSet, Reading> same = new HashMap<>();
            for (LabelSet labels : earlier.families.getOrDefault(metric, Map.of()).keySet()) {
                Reading reading = series.get(labels);
                if (reading != null) {
                    same.put(labels, reading);
                }
            }
            series.forEach(same::putIfAbsent);
            shared.put(metric, same);
        });
        return new Page(shared, startSeconds);
    }

    private boolean restartedSince(Page earlier) {
        // Some compute it anew for every page, from the uptime: a second of difference is none.
        if (startSeconds != null && earlier.startSeconds != null && Math.abs(startSeconds - earlier.startSeconds) > 1) {
            return true;
        }
        return families.entrySet().stream().anyMatch(family -> {
            Map<LabelSet, Reading> before = earlier.families.getOrDefault(family.getKey(), Map.of());
            return family.getValue().entrySet().stream().anyMatch(series -> {
                Reading last = before.get(series.getKey());
                return last != null && series.getValue().fellFrom(last);
            });
        });
    }
}
