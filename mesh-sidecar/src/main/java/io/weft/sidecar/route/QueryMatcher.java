package io.weft.sidecar.route;

import io.weft.sidecar.resource.QueryMatch;
import org.jspecify.annotations.Nullable;

/** A compiled {@link QueryMatch}: the first parameter of that name decides, undecoded, as in Envoy. */
final class QueryMatcher {
    private final String name;
    private final @Nullable StringMatcher string;

    QueryMatcher(QueryMatch match) {
        this.name = match.name();
        this.string = match.string() == null ? null : StringMatcher.of(match.string());
    }

    boolean matches(@Nullable String query) {
        String value = query == null ? null : Query.value(query, name);
        if (value == null) {
            return false;
        }
        StringMatcher text = string;
        return text == null || text.matches(value);
    }
}
