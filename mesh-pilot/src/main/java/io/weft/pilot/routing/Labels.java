package io.weft.pilot.routing;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Label selectors. */
public final class Labels {

    private Labels() {}

    /** Whether the labels carry everything the selector asks for; an empty selector asks for nothing. */
    public static boolean match(@Nullable Map<String, String> selector, Map<String, String> labels) {
        if (selector == null) {
            return true;
        }
        for (Map.Entry<String, String> wanted : selector.entrySet()) {
            if (!wanted.getValue().equals(labels.get(wanted.getKey()))) {
                return false;
            }
        }
        return true;
    }
}
