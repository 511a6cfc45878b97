package io.weft.pilot.validate;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.weft.pilot.model.Names;
import io.weft.pilot.model.Problem;
import io.weft.pilot.model.StringMatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rules that many kinds share, and what was found against them. */
final class Check {

    private static final int MAX_PROBLEMS = 50;
    private static final int MAX_REGEX = 1024;
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private final List<Problem> problems = new ArrayList<>();

    List<Problem> problems() {
        return List.copyOf(problems);
    }

    void fail(String path, String message) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(new Problem(path, message));
        }
    }

    void expected(String path, Object value, String expectation) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(Problem.expected(path, value, expectation));
        }
    }

    void missing(String path, String expectation) {
        if (problems.size() < MAX_PROBLEMS) {
            problems.add(Problem.missing(path, expectation));
        }
    }

    void port(String path, @Nullable Integer port) {
        range(path, port, 1, 65_535);
    }

    void range(String path, @Nullable Integer value, int min, int max) {
        if (value != null && (value < min || value > max)) {
            expected(path, value, min + " to " + max);
        }
    }

    void notNegative(String path, @Nullable Integer value) {
        if (value != null && value < 0) {
            expected(path, value, ">= 0");
        }
    }

    void percent(String path, @Nullable Double value) {
        if (value != null && !(value >= 0 && value <= 100)) {
            expected(path, value, "0 to 100");
        }
    }

    void duration(String path, @Nullable Duration value) {
        if (value != null && value.compareTo(SHORTEST) < 0) {
            expected(path, seconds(value), ">= 1ms");
        }
    }

    void durationOrZero(String path, @Nullable Duration value) {
        if (value != null && !value.isZero() && value.compareTo(SHORTEST) < 0) {
            expected(path, seconds(value), "0s or >= 1ms");
        }
    }

    void notNegative(String path, @Nullable Duration value) {
        if (value != null && value.isNegative()) {
            expected(path, seconds(value), ">= 0s");
        }
    }

    private static Object seconds(Duration value) {
        double seconds = value.toNanos() / 1e9;
        return new Object() {
            @Override
            public String toString() {
                return seconds == Math.rint(seconds) ? (long) seconds + "s" : seconds + "s";
            }
        };
    }

    void regex(String path, String regex) {
        if (regex.length() > MAX_REGEX) {
            expected(path, regex, "at most " + MAX_REGEX + " characters, not " + regex.length());
            return;
        }
        try {
            Pattern.compile(regex);
        } catch (PatternSyntaxException broken) {
            expected(path, regex, "an RE2 regular expression: " + broken.getDescription());
        }
    }

    void match(String path, @Nullable StringMatch match) {
        if (match != null && match.type() == StringMatch.Type.REGEX && !match.value().equals("*")) {
            regex(path + ".regex", match.value());
        }
    }

    /** As {@link #match}, for fields where an empty literal could never match. */
    void filledMatch(String path, @Nullable StringMatch match) {
        match(path, match);
        if (match != null && match.type() != StringMatch.Type.PRESENT && match.value().isEmpty()) {
            fail(path, "empty (expected: a value)");
        }
    }

    /** A host, perhaps with a leading {@code *.}, perhaps {@code *} alone. */
    void host(String path, String host) {
        if (!Hosts.isHost(host)) {
            expected(path, host, "a host name, *.domain, * or an IP address");
        }
    }

    /** A host that requests can be sent to. */
    void plainHost(String path, String host) {
        if (host.indexOf('*') >= 0 || !Hosts.isHost(host)) {
            expected(path, host, "a host name without wildcard");
        }
    }

    void label(String path, @Nullable String name) {
        if (name != null && !Names.isLabel(name)) {
            expected(path, name, Names.LABEL);
        }
    }

    void ipOrCidr(String path, String text) {
        if (!Hosts.isCidr(text) && !Hosts.isIp(text)) {
            expected(path, text, "an IP address or CIDR block");
        }
    }

    void headerName(String path, String name) {
        if (name.isEmpty() || name.length() > 256 || !isToken(name)) {
            expected(path, name, "a header name");
        }
    }

    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 128 || !(Character.isLetterOrDigit(c) || TOKEN_MARKS.indexOf(c) >= 0)) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    void headerValue(String path, String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c < ' ' && c != '\t' || c == 127) {
                expected(path, value, "no control characters");
                return;
            }
        }
    }

    void labels(String path, @Nullable Map<String, String> labels) {
        if (labels == null) {
            return;
        }
        labels.forEach((key, value) -> {
            int slash = key.indexOf('/');
            boolean prefixFits = slash < 0 || Names.isSubdomain(key.substring(0, slash));
            String name = key.substring(slash + 1);
            if (!prefixFits || name.isEmpty() || !isLabelText(name)) {
                expected(path, key, "a label key: at most 63 letters, digits, -, _ and ., perhaps after domain/");
            }
            if (!isLabelText(value)) {
                expected(path + "." + key, value, "a label value: at most 63 letters, digits, -, _ and .");
            }
        });
    }

    private static boolean isLabelText(String text) {
        if (text.length() > 63) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean edge = i == 0 || i == text.length() - 1;
            boolean alphanumeric = c < 128 && Character.isLetterOrDigit(c);
            if (!alphanumeric && (edge || "-_.".indexOf(c) < 0)) {
                return false;
            }
        }
        return true;
    }

    void exportTo(String path, List<String> targets) {
        for (int i = 0; i < targets.size(); i++) {
            String target = targets.get(i);
            if (!List.of(".", "*", "~").contains(target) && !Names.isLabel(target)) {
                expected(path + "[" + i + "]", target, "a namespace, . or *");
            }
        }
    }
}
