package io.weft.pilot.routing;

import java.util.List;

/** Who sees an exported object. */
public final class ExportTo {

    private ExportTo() {}

    /** Whether workloads of {@code client} see an object of {@code owner}; an empty list exports to all. */
    public static boolean visible(List<String> exportTo, String owner, String client) {
        if (exportTo.isEmpty()) {
            return true;
        }
        for (String target : exportTo) {
            boolean own = target.equals(".") && owner.equals(client);
            if (own || target.equals("*") || target.equals(client)) {
                return true;
            }
        }
        return false;
    }
}
