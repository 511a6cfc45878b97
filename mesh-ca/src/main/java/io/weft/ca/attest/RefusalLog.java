package io.weft.ca.attest;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Lines about refused callers: whoever asks in a loop fills no disk, and hides nobody else. The first few of an address are said in each ten seconds, of so many
 * addresses; the rest is counted, and said with the next line. The metrics count all of them.
 */
final class RefusalLog {

    static final int LINES_EACH = 5;
    static final int ADDRESSES = 100;
    private static final long WINDOW_NANOS = 10_000_000_000L;

    private final Consumer<String> lines;
    private final LongSupplier nanos;
    private final Map<String, Integer> said = new HashMap<>();
    private long windowEnds;
    private long unsaid;

    RefusalLog(Consumer<String> lines, LongSupplier nanos) {
        this.lines = lines;
        this.nanos = nanos;
        this.windowEnds = nanos.getAsLong() + WINDOW_NANOS;
    }

    synchronized void add(Credentials who, RefusedException why) {
        long now = nanos.getAsLong();
        if (now - windowEnds >= 0) {
            windowEnds = now + WINDOW_NANOS;
            said.clear();
            if (unsaid > 0) {
                lines.accept("refused " + unsaid + " more without a line each");
                unsaid = 0;
            }
        }
        String address = who.address();
        int before = said.getOrDefault(address, 0);
        if (before >= LINES_EACH || before == 0 && said.size() >= ADDRESSES) {
            unsaid++;
            return;
        }
        said.put(address, before + 1);
        lines.accept("refused " + who.peer() + " (" + why.reason() + "): " + why.getMessage());
    }
}
