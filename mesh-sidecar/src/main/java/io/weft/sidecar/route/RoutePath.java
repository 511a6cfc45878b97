package io.weft.sidecar.route;

import org.jspecify.annotations.Nullable;

/** A request target cut once: what matchers look at. */
public record RoutePath(String path, @Nullable String query) {
    public static RoutePath of(String target) {
        int question = target.indexOf('?');
        int fragment = target.indexOf('#');
        int end = fragment >= 0 ? fragment : target.length();
        if (question < 0 || question > end) {
            return new RoutePath(end == target.length() ? target : target.substring(0, end), null);
        }
        return new RoutePath(target.substring(0, question), target.substring(question + 1, end));
    }
}
