package io.weft.sidecar.route;

import com.google.re2j.Pattern;
import io.weft.sidecar.resource.ResourceException;
import io.weft.sidecar.resource.StringMatch;
import java.util.Locale;

/** A compiled {@link StringMatch}. */
public abstract class StringMatcher {
    /** Longest regex taken. */
    public static final int MAX_REGEX = 1024;

    private StringMatcher() {}

    public abstract boolean matches(String value);

    /** @throws ResourceException for a regex that is too long or not RE2 */
    public static StringMatcher of(StringMatch match) {
        String wanted = match.value();
        boolean ignoreCase = match.ignoreCase();
        return switch (match.kind()) {
            case EXACT -> new StringMatcher() {
                @Override
                public boolean matches(String value) {
                    return ignoreCase ? wanted.equalsIgnoreCase(value) : wanted.equals(value);
                }
            };
            case PREFIX -> new StringMatcher() {
                @Override
                public boolean matches(String value) {
                    return value.regionMatches(ignoreCase, 0, wanted, 0, wanted.length());
                }
            };
            case SUFFIX -> new StringMatcher() {
                @Override
                public boolean matches(String value) {
                    return value.regionMatches(ignoreCase, value.length() - wanted.length(), wanted, 0, wanted.length());
                }
            };
            case CONTAINS -> new StringMatcher() {
                private final String lower = wanted.toLowerCase(Locale.ROOT);

                @Override
                public boolean matches(String value) {
                    return ignoreCase ? value.toLowerCase(Locale.ROOT).contains(lower) : value.contains(wanted);
                }
            };
            case REGEX -> new StringMatcher() {
                private final Pattern pattern = regex(wanted);

                @Override
                public boolean matches(String value) {
                    return pattern.matches(value);
                }
            };
        };
    }

    /** RE2 only: its time is linear in the input, whatever the pattern. */
    public static Pattern regex(String pattern) {
        if (pattern.length() > MAX_REGEX) {
            throw new ResourceException(
                    "regex: " + pattern.length() + " characters (expected: at most " + MAX_REGEX + ")");
        }
        try {
            return Pattern.compile(pattern);
        } catch (com.google.re2j.PatternSyntaxException e) {
            throw new ResourceException("regex: " + pattern + ": " + e.getMessage() + " (expected: RE2 syntax)", e);
        }
    }
}
