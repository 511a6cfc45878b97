package io.weft.sidecar.route;

import com.google.re2j.Pattern;
import io.weft.sidecar.resource.ResourceException;
import io.weft.sidecar.resource.RouteResource;
import org.jspecify.annotations.Nullable;

/** Compiled rewrites of a path; the query stays. */
public final class PathRewrite {
    private final @Nullable String replacement;
    private final RouteResource.Match match;
    private final @Nullable Pattern pattern;
    private final String substitution;

    private PathRewrite(RouteResource.Match match, @Nullable String replacement, RouteResource.@Nullable RegexRewrite regex) {
        this.match = match;
        this.replacement = replacement;
        this.pattern = regex == null ? null : StringMatcher.regex(regex.pattern());
        this.substitution = regex == null ? "" : substitution(regex.substitution());
    }

    /** Null when nothing is rewritten. */
    public static @Nullable PathRewrite of(
            RouteResource.Match match, @Nullable String prefixRewrite, RouteResource.@Nullable RegexRewrite regex) {
        String prefix = prefixRewrite == null || prefixRewrite.isEmpty() ? null : prefixRewrite;
        return prefix == null && regex == null ? null : new PathRewrite(match, prefix, regex);
    }

    /** RE2 writes groups as {@code \1}, RE2/J as {@code $1}. */
    private static String substitution(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                char next = text.charAt(++i);
                if (next >= '0' && next <= '9') {
                    out.append('$').append(next);
                } else if (next == '\\') {
                    out.append("\\\\");
                } else {
                    throw new ResourceException("substitution: " + text + " (expected: \\0 to \\9 or \\\\ after a backslash)");
                }
            } else if (c == '$') {
                out.append("\\$");
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    public String apply(String target) {
        int cut = target.indexOf('?');
        String path = cut < 0 ? target : target.substring(0, cut);
        String rest = cut < 0 ? "" : target.substring(cut);
        Pattern regex = pattern;
        if (regex != null) {
            String rewritten = regex.matcher(path).replaceAll(substitution);
            return (rewritten.startsWith("/") ? rewritten : '/' + rewritten) + rest;
        }
        boolean prefix = match.kind() == RouteResource.PathKind.PREFIX
                || match.kind() == RouteResource.PathKind.PATH_SEPARATED_PREFIX;
        String tail = prefix ? path.substring(Math.min(match.path().length(), path.length())) : "";
        String rewritten = replacement + tail;
        return (rewritten.startsWith("/") ? rewritten : '/' + rewritten) + rest;
    }
}
