package io.weft.telemetry.ingest.scrape;

import io.weft.telemetry.store.Page;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The last page of every target, with which the next one is compared. A target that went is remembered for as long as there is room: it may come
 * back as the same process. Not thread-safe.
 */
final class TargetPages {

    private final int maxTargets;
    private final int maxSeries;
    private final LinkedHashMap<ScrapeTarget, Page> pages = new LinkedHashMap<>(16, 0.75f, true);
    private int series;

    /**
     * @param maxTargets pages kept
     * @param maxSeries series on all of them
     */
    TargetPages(int maxTargets, int maxSeries) {
        this.maxTargets = maxTargets;
        this.maxSeries = maxSeries;
    }

    /** The last page; null for a target that is new. */
    @Nullable Page last(ScrapeTarget target) {
        return pages.get(target);
    }

    /** @param living targets that must not be forgotten: they would be counted twice */
    void put(ScrapeTarget target, Page page, Set<ScrapeTarget> living) throws UnreadablePageException {
        Page before = pages.get(target);
        int more = page.size() - (before == null ? 0 : before.size());
        Iterator<Map.Entry<ScrapeTarget, Page>> oldest = pages.entrySet().iterator();
        while (oldest.hasNext() && (series + more > maxSeries || before == null && pages.size() >= maxTargets)) {
            Map.Entry<ScrapeTarget, Page> entry = oldest.next();
            if (!living.contains(entry.getKey())) {
                series -= entry.getValue().size();
                oldest.remove();
            }
        }
        if (more > 0 && series + more > maxSeries) {
            throw new UnreadablePageException("all targets together have more than " + maxSeries + " series of the mesh's metrics");
        }
        pages.put(target, before == null ? page : page.sharingLabelsWith(before));
        series += more;
    }
}
