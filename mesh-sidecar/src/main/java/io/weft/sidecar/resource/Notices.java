package io.weft.sidecar.resource;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a bootstrap file sets in vain, one line each for its author to read: that is why they are bounded. */
final class Notices {
    static final int MOST = 100;

    private final Set<String> lines = new LinkedHashSet<>();
    private boolean more;

    void add(Where field, String reason) {
        if (lines.size() < MOST) {
            lines.add(field + ": no effect here: " + reason);
        } else {
            more = true;
        }
    }

    /** Each once, in the order they were read in; the last says if there are more. */
    List<String> lines() {
        List<String> all = new ArrayList<>(lines);
        if (more) {
            all.add("more than " + MOST + " fields have no effect here: these are the first");
        }
        return all;
    }
}
