package io.weft.sidecar.layer.rbac;

import com.google.re2j.Pattern;
import io.weft.sidecar.route.StringMatcher;

/** Istio's path templates: {@code {*}} is one segment, {@code {**}} the rest. */
final class PathTemplate {
    private final Pattern pattern;

    PathTemplate(String template) {
        StringBuilder regex = new StringBuilder();
        int i = 0;
        while (i < template.length()) {
            if (template.startsWith("{**}", i)) {
                regex.append(".*");
                i += 4;
            } else if (template.startsWith("{*}", i)) {
                regex.append("[^/]+");
                i += 3;
            } else {
                regex.append(Pattern.quote(template.substring(i, i + 1)));
                i++;
            }
        }
        this.pattern = StringMatcher.regex(regex.toString());
    }

    boolean matches(String path) {
        return pattern.matches(path);
    }
}
