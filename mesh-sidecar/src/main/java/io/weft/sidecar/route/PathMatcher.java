package io.weft.sidecar.route;

import com.google.re2j.Pattern;
import io.netty.util.AsciiString;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.RouteResource;
import org.jspecify.annotations.Nullable;

/** A compiled path condition. */
abstract class PathMatcher {
    private PathMatcher() {}

    abstract boolean matches(String path, RequestHead head);

    /** The exact path this needs, when it can be found by hash. */
    @Nullable String exact() {
        return null;
    }

    /** The prefix every matching path has, when it can be found in a trie. */
    @Nullable String prefix() {
        return null;
    }

    static PathMatcher of(RouteResource.Match match) {
        String wanted = match.path();
        boolean ignoreCase = match.ignoreCase();
        return switch (match.kind()) {
            case EXACT -> new PathMatcher() {
                @Override
                boolean matches(String path, RequestHead head) {
                    return ignoreCase ? path.equalsIgnoreCase(wanted) : path.equals(wanted);
                }

                @Override
                @Nullable String exact() {
                    return ignoreCase ? null : wanted;
                }
            };
            case PREFIX -> new PathMatcher() {
                @Override
                boolean matches(String path, RequestHead head) {
                    return path.regionMatches(ignoreCase, 0, wanted, 0, wanted.length());
                }

                @Override
                @Nullable String prefix() {
                    return ignoreCase ? null : wanted;
                }
            };
            case PATH_SEPARATED_PREFIX -> new PathMatcher() {
                @Override
                boolean matches(String path, RequestHead head) {
                    int length = wanted.length();
                    return path.regionMatches(ignoreCase, 0, wanted, 0, length)
                            && (path.length() == length || path.charAt(length) == '/');
                }

                @Override
                @Nullable String prefix() {
                    return ignoreCase ? null : wanted;
                }
            };
            case REGEX -> new PathMatcher() {
                private final Pattern pattern = StringMatcher.regex(wanted);

                @Override
                boolean matches(String path, RequestHead head) {
                    return pattern.matches(path);
                }
            };
            case CONNECT -> new PathMatcher() {
                @Override
                boolean matches(String path, RequestHead head) {
                    return AsciiString.contentEquals("CONNECT", head.method());
                }
            };
        };
    }
}
