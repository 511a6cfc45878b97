package io.weft.sidecar.route;

import org.jspecify.annotations.Nullable;

/** Query strings. */
public final class Query {
    private Query() {}

    /** The undecoded value of the first parameter of that name; null without one, empty without a value. */
    public static @Nullable String value(String query, String name) {
        int start = 0;
        while (start <= query.length()) {
            int end = query.indexOf('&', start);
            if (end < 0) {
                end = query.length();
            }
            int equals = query.indexOf('=', start);
            int nameEnd = equals >= 0 && equals < end ? equals : end;
            if (nameEnd - start == name.length() && query.startsWith(name, start)) {
                return nameEnd == end ? "" : query.substring(nameEnd + 1, end);
            }
            start = end + 1;
        }
        return null;
    }
}
