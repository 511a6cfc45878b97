package io.weft.sidecar.http;

import io.weft.sidecar.resource.HttpManagerResource.EscapedSlashes;
import io.weft.sidecar.resource.HttpManagerResource.PathNormalization;
import org.jspecify.annotations.Nullable;

/**
 * Brings a path into the one form that is matched, authorised and forwarded: RFC 3986 section 6.2.2 as Envoy's {@code normalize_path} does it
 * (dot segments, backslashes, needless escapes), then {@code merge_slashes}; escaped slashes by their own rule.
 */
public final class PathNormalizer {
    /** What {@link #normalize} gives for a path that must be answered 400. */
    public static final String REJECTED = new String("rejected");

    private final PathNormalization settings;

    public PathNormalizer(PathNormalization settings) {
        this.settings = settings;
    }

    /** Whether a path that changed by its escaped slashes is to be answered with a redirect to the new one. */
    public boolean redirects(String before, String after) {
        return settings.escapedSlashes() == EscapedSlashes.UNESCAPE_AND_REDIRECT && hasEscapedSlash(before) && !before.equals(after);
    }

    /** The target in its normal form, the same object when it has it already; {@link #REJECTED} if it may not pass. */
    public String normalize(String target) {
        if (target.isEmpty() || target.charAt(0) != '/') {
            return target.isEmpty() || target.equals("*") ? target : REJECTED;
        }
        int end = target.indexOf('?');
        if (end < 0) {
            end = target.length();
        }
        if (isNormal(target, end)) {
            return target;
        }
        String query = target.substring(end);
        String path = target.substring(0, end);
        if (settings.escapedSlashes() != EscapedSlashes.KEEP && hasEscapedSlash(path)) {
            if (settings.escapedSlashes() == EscapedSlashes.REJECT) {
                return REJECTED;
            }
            path = unescapeSlashes(path);
        }
        if (settings.normalize()) {
            String decoded = unescapeUnreserved(path);
            if (decoded == null) {
                return REJECTED;
            }
            path = removeDots(decoded.replace('\\', '/'));
            if (hidesDots(path)) {
                return REJECTED;
            }
        }
        if (settings.mergeSlashes()) {
            path = merge(path);
        }
        return path + query;
    }

    /** The usual path has nothing in it that any rule would touch. */
    private static boolean isNormal(String target, int end) {
        char before = 0;
        for (int i = 0; i < end; i++) {
            char c = target.charAt(i);
            if (c == '%' || c == '\\' || before == '/' && (c == '.' || c == '/')) {
                return false;
            }
            before = c;
        }
        return true;
    }

    private static boolean hasEscapedSlash(String path) {
        for (int i = path.indexOf('%'); i >= 0 && i + 2 < path.length(); i = path.indexOf('%', i + 1)) {
            if (isEscapedSlash(path, i)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEscapedSlash(String path, int i) {
        return path.regionMatches(true, i, "%2f", 0, 3) || path.regionMatches(true, i, "%5c", 0, 3);
    }

    private static String unescapeSlashes(String path) {
        StringBuilder out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            if (path.charAt(i) == '%' && i + 2 < path.length() && isEscapedSlash(path, i)) {
                out.append(path.charAt(i + 1) == '2' ? '/' : '\\');
                i += 2;
            } else {
                out.append(path.charAt(i));
            }
        }
        return out.toString();
    }

    /** Null for {@code %00} and for a percent sign that escapes nothing. */
    private static @Nullable String unescapeUnreserved(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        StringBuilder out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c != '%') {
                out.append(c);
                continue;
            }
            int high = i + 2 < path.length() ? Character.digit(path.charAt(i + 1), 16) : -1;
            int low = i + 2 < path.length() ? Character.digit(path.charAt(i + 2), 16) : -1;
            int value = high * 16 + low;
            if (high < 0 || low < 0 || value == 0) {
                return null;
            }
            if (isUnreserved((char) value)) {
                out.append((char) value);
            } else {
                out.append('%').append(upper(path.charAt(i + 1))).append(upper(path.charAt(i + 2)));
            }
            i += 2;
        }
        return out.toString();
    }

    private static char upper(char c) {
        return c >= 'a' && c <= 'f' ? (char) (c - 32) : c;
    }

    private static boolean isUnreserved(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '~';
    }

    /** RFC 3986 section 5.2.4. */
    private static String removeDots(String path) {
        if (!path.contains("/.")) {
            return path;
        }
        StringBuilder out = new StringBuilder(path.length());
        int i = 0;
        while (i < path.length()) {
            int next = path.indexOf('/', i + 1);
            int end = next < 0 ? path.length() : next;
            String segment = path.substring(i, end);
            boolean last = next < 0;
            if (segment.equals("/..")) {
                int cut = out.lastIndexOf("/");
                out.setLength(Math.max(0, cut));
                if (last) {
                    out.append('/');
                }
            } else if (segment.equals("/.")) {
                if (last) {
                    out.append('/');
                }
            } else {
                out.append(segment);
            }
            i = end;
        }
        return out.isEmpty() ? "/" : out.toString();
    }

    /**
     * Java servers drop what follows a semicolon before they resolve dots: {@code /public/..;/admin} is {@code /admin} to them, and something else to
     * whoever decides here.
     */
    private static boolean hidesDots(String path) {
        for (int i = path.indexOf("/."); i >= 0; i = path.indexOf("/.", i + 1)) {
            int after = i + 2 < path.length() && path.charAt(i + 2) == '.' ? i + 3 : i + 2;
            if (after < path.length() && path.charAt(after) == ';') {
                return true;
            }
        }
        return false;
    }

    private static String merge(String path) {
        StringBuilder out = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c != '/' || out.isEmpty() || out.charAt(out.length() - 1) != '/') {
                out.append(c);
            }
        }
        return out.toString();
    }
}
