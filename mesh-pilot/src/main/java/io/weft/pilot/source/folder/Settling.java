package io.weft.pilot.source.folder;

import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** When what a file shows is believed: its author may be in the middle of saving it. */
final class Settling {

    /** A file written to this shortly ago may be half of what its author is writing. */
    private static final long SETTLED_NANOS = 20_000_000;
    /** An editor that truncates first shows an empty file: believe that only after a while. */
    private static final long EMPTY_NANOS = 1_000_000_000;
    /** Half a file that happens to read well has fewer objects than the whole one: believe that only after a while, too. */
    private static final long FEWER_NANOS = 300_000_000;
    /** Clocks of two processors, or of a file system and ours, may be so far apart; a time further in the future says nothing. */
    private static final long CLOCK_SKEW_NANOS = 2_000_000_000;
    /** An editor that renames first shows no file for a moment. */
    private static final long MISSING_NANOS = 50_000_000;

    private final Clock clock;
    /** Files not found at the last scan, and when that was seen first. */
    private final Map<String, Long> missing = new HashMap<>();

    /** Files with fewer objects than before, and when each was first seen so. */
    private final Map<String, Seen> fewer = new HashMap<>();

    private record Seen(FolderFiles.Found found, long nanos) {}

    Settling(Clock clock) {
        this.clock = clock;
    }

    /** Nanoseconds since a file was written to, by its time of change. */
    long age(FolderFiles.Found found) {
        Instant now = clock.instant();
        long nanos = now.getEpochSecond() * 1_000_000_000L + now.getNano();
        long age = nanos - found.modifiedNanos();
        return age < -CLOCK_SKEW_NANOS ? Long.MAX_VALUE / 4 : Math.max(0, age);
    }

    /** Whether a file of this age is no longer being written to, whatever it shows. */
    static boolean isOld(long age) {
        return age > 2 * EMPTY_NANOS;
    }

    /** Whether a file of this age may be half of one. @param hadObjects when it was read last */
    static boolean isYoung(FolderFiles.Found found, long age, boolean hadObjects) {
        boolean emptied = found.size() == 0 && found.real() != null && hadObjects && age < EMPTY_NANOS;
        return age < SETTLED_NANOS || emptied;
    }

    /**
     * Whether a file with fewer objects has stood so for a while, by our own clock: its time of change says nothing, because a file system may show a
     * file that is being truncated as empty and old.
     */
    boolean lasts(String name, FolderFiles.Found found) {
        long now = System.nanoTime();
        Seen first = fewer.get(name);
        if (first == null || !found.sameAs(first.found())) {
            fewer.put(name, new Seen(found, now));
            return false;
        }
        return now - first.nanos() >= (found.size() == 0 ? EMPTY_NANOS : FEWER_NANOS);
    }

    /** A file is believed as it stands. */
    void believed(String name) {
        fewer.remove(name);
    }

    /** Files that are there are not missing any more. */
    void present(Set<String> names) {
        missing.keySet().removeAll(names);
    }

    /** Whether a file that is not there has been missing for a while. @param now by {@link System#nanoTime} */
    boolean staysMissing(String name, long now) {
        return now - missing.computeIfAbsent(name, first -> now) > MISSING_NANOS;
    }

    /** A file that is not there is not waited for. */
    void gone(String name) {
        missing.remove(name);
    }

    /** Whether a file that is not there may come back. */
    boolean waits() {
        return !missing.isEmpty();
    }
}
