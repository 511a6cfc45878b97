package io.weft.sidecar.route;

import io.weft.sidecar.resource.RouteResource;
import org.jspecify.annotations.Nullable;

/** Compiled rewrites of a path; the query stays. */
public final class PathRewrite {
    private final @Nullable String replacement;
    private final RouteResource.Match match;
    private final @Nullable RegexReplace regex;

    private PathRewrite(RouteResource.Match match, @Nullable String replacement, RouteResource.@Nullable RegexRewrite regex) {
        this.match = match;
        this.replacement = replacement;
        this.regex = regex == null ? null : new RegexReplace(StringMatcher.regex(regex.pattern()), regex.substitution());
    }

    /** Null when nothing is rewritten. */
    public static @Nullable PathRewrite of(
            RouteResource.Match match, @Nullable String prefixRewrite, RouteResource.@Nullable RegexRewrite regex) {
        String prefix = prefixRewrite == null || prefixRewrite.isEmpty() ? null : prefixRewrite;
        return prefix == null && regex == null ? null : new PathRewrite(match, prefix, regex);
    }

    public String apply(String target) {
        int cut = target.indexOf('?');
        String path = cut < 0 ? target : target.substring(0, cut);
        String rest = cut < 0 ? "" : target.substring(cut);
        RegexReplace replace = regex;
        if (replace != null) {
            String rewritten = replace.all(path);
            return (rewritten.startsWith("/") ? rewritten : '/' + rewritten) + rest;
        }
        boolean prefix = match.kind() == RouteResource.PathKind.PREFIX
                || match.kind() == RouteResource.PathKind.PATH_SEPARATED_PREFIX;
        String tail = prefix ? path.substring(Math.min(match.path().length(), path.length())) : "";
        String rewritten = replacement + tail;
        return (rewritten.startsWith("/") ? rewritten : '/' + rewritten) + rest;
    }
}
