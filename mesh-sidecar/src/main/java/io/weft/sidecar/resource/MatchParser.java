package io.weft.sidecar.resource;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.type.matcher.v3.PathMatcher;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.v3.Int64Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Matchers of strings, headers, query parameters and paths. */
final class MatchParser {
    /** HARDENING: longer ones are no longer written by people. */
    private static final int MAX_REGEX = 1024;

    private static final Fields STRING = Fields.of(
            StringMatcher.getDescriptor(), "exact", "prefix", "suffix", "safe_regex", "contains", "ignore_case");
    private static final Fields REGEX = Fields.of(RegexMatcher.getDescriptor(), "regex")
            .ignore("RE2 is the only engine there is, and its default limits are ours", "google_re2");
    private static final Fields SUBSTITUTE =
            Fields.of(RegexMatchAndSubstitute.getDescriptor(), "pattern", "substitution");
    private static final Fields HEADER = Fields.of(
            HeaderMatcher.getDescriptor(),
            "name",
            "exact_match",
            "safe_regex_match",
            "range_match",
            "present_match",
            "prefix_match",
            "suffix_match",
            "contains_match",
            "string_match",
            "invert_match",
            "treat_missing_header_as_empty");
    private static final Fields QUERY =
            Fields.of(QueryParameterMatcher.getDescriptor(), "name", "string_match", "present_match");
    private static final Fields PATH = Fields.of(PathMatcher.getDescriptor(), "path");
    private static final Fields RANGE = Fields.of(Int64Range.getDescriptor(), "start", "end");

    private MatchParser() {}

    static StringMatch string(Where where, StringMatcher matcher) {
        STRING.check(where, matcher);
        boolean ignoreCase = matcher.getIgnoreCase();
        switch (matcher.getMatchPatternCase()) {
            case EXACT:
                return new StringMatch(StringMatch.Kind.EXACT, matcher.getExact(), ignoreCase);
            case PREFIX:
                return literal(where, StringMatch.Kind.PREFIX, "prefix", matcher.getPrefix(), ignoreCase);
            case SUFFIX:
                return literal(where, StringMatch.Kind.SUFFIX, "suffix", matcher.getSuffix(), ignoreCase);
            case CONTAINS:
                return literal(where, StringMatch.Kind.CONTAINS, "contains", matcher.getContains(), ignoreCase);
            case SAFE_REGEX:
                return new StringMatch(
                        StringMatch.Kind.REGEX, regex(where.field("safe_regex"), matcher.getSafeRegex()), false);
            default:
                throw where.refuse("nothing to match (expected: exact, prefix, suffix, contains or safe_regex)");
        }
    }

    private static StringMatch literal(
            Where where, StringMatch.Kind kind, String field, String value, boolean ignoreCase) {
        if (value.isEmpty()) {
            throw where.refuse(field, "\"\"", "at least one character");
        }
        return new StringMatch(kind, value, ignoreCase);
    }

    static String regex(Where where, RegexMatcher matcher) {
        REGEX.check(where, matcher);
        String regex = matcher.getRegex();
        if (regex.isEmpty() || regex.length() > MAX_REGEX) {
            throw where.refuse("regex", regex.length() + " characters", "1 to " + MAX_REGEX);
        }
        try {
            Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw where.refuse("regex", regex, "RE2 syntax: " + e.getMessage());
        }
        return regex;
    }

    static RouteResource.RegexRewrite rewrite(Where where, RegexMatchAndSubstitute rewrite) {
        SUBSTITUTE.check(where, rewrite);
        return new RouteResource.RegexRewrite(regex(where.field("pattern"), rewrite.getPattern()), rewrite.getSubstitution());
    }

    static StringMatch path(Where where, PathMatcher matcher) {
        PATH.check(where, matcher);
        return string(where.field("path"), matcher.getPath());
    }

    static List<HeaderMatch> headers(Where where, String field, List<HeaderMatcher> matchers) {
        List<HeaderMatch> matches = new ArrayList<>(matchers.size());
        for (int i = 0; i < matchers.size(); i++) {
            matches.add(header(where.item(field, i), matchers.get(i)));
        }
        return matches;
    }

    static HeaderMatch header(Where where, HeaderMatcher matcher) {
        HEADER.check(where, matcher);
        if (matcher.getName().isEmpty()) {
            throw where.refuse("name", "\"\"", "a header name");
        }
        String name = matcher.getName().toLowerCase(Locale.ROOT);
        boolean invert = matcher.getInvertMatch();
        boolean empty = matcher.getTreatMissingHeaderAsEmpty();
        switch (matcher.getHeaderMatchSpecifierCase()) {
            case RANGE_MATCH:
                return new HeaderMatch(name, null, range(where, matcher.getRangeMatch()), null, invert, empty);
            case PRESENT_MATCH:
                return new HeaderMatch(name, null, null, matcher.getPresentMatch(), invert, empty);
            case HEADERMATCHSPECIFIER_NOT_SET:
                // Envoy: a matcher that says only a name asks for presence.
                return new HeaderMatch(name, null, null, true, invert, empty);
            default:
                return new HeaderMatch(name, headerString(where, matcher), null, null, invert, empty);
        }
    }

    private static StringMatch headerString(Where where, HeaderMatcher matcher) {
        switch (matcher.getHeaderMatchSpecifierCase()) {
            case STRING_MATCH:
                return string(where.field("string_match"), matcher.getStringMatch());
            case EXACT_MATCH:
                return StringMatch.exact(matcher.getExactMatch());
            case PREFIX_MATCH:
                return literal(where, StringMatch.Kind.PREFIX, "prefix_match", matcher.getPrefixMatch(), false);
            case SUFFIX_MATCH:
                return literal(where, StringMatch.Kind.SUFFIX, "suffix_match", matcher.getSuffixMatch(), false);
            case CONTAINS_MATCH:
                return literal(where, StringMatch.Kind.CONTAINS, "contains_match", matcher.getContainsMatch(), false);
            case SAFE_REGEX_MATCH:
                return StringMatch.regex(regex(where.field("safe_regex_match"), matcher.getSafeRegexMatch()));
            default:
                throw where.refuse("unsupported matcher " + matcher.getHeaderMatchSpecifierCase());
        }
    }

    private static HeaderMatch.Range range(Where where, Int64Range range) {
        RANGE.check(where.field("range_match"), range);
        return new HeaderMatch.Range(range.getStart(), range.getEnd());
    }

    static List<QueryMatch> query(Where where, String field, List<QueryParameterMatcher> matchers) {
        List<QueryMatch> matches = new ArrayList<>(matchers.size());
        for (int i = 0; i < matchers.size(); i++) {
            Where at = where.item(field, i);
            QueryParameterMatcher matcher = matchers.get(i);
            QUERY.check(at, matcher);
            if (matcher.getName().isEmpty()) {
                throw at.refuse("name", "\"\"", "a parameter name");
            }
            if (matcher.hasPresentMatch() && !matcher.getPresentMatch()) {
                throw at.refuse("present_match", false, "true");
            }
            matches.add(new QueryMatch(
                    matcher.getName(),
                    matcher.hasStringMatch() ? string(at.field("string_match"), matcher.getStringMatch()) : null));
        }
        return matches;
    }
}
