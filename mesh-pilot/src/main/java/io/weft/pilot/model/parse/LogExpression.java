package io.weft.pilot.model.parse;

import io.weft.pilot.model.LogFilter;
import io.weft.pilot.model.LogFilter.Comparison;
import io.weft.pilot.model.LogFilter.HeaderMatch;
import io.weft.pilot.model.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The part of CEL that {@code accessLogging.filter.expression} may be written in: what Envoy's own access log filters can decide.
 *
 * <pre>
 * expression := expression || expression | expression &amp;&amp; expression | !expression | (expression) | condition
 * condition  := response.code (==|!=|&lt;|&lt;=|&gt;|&gt;=) NUMBER          0 when there was no response
 *             | response.flags != 0
 *             | text (==|!=) STRING | text.(startsWith|endsWith|contains|matches)(STRING)
 *             | STRING in request.headers
 * text       := request.headers[STRING] | request.method | request.host | request.path
 * </pre>
 */
final class LogExpression {

    private static final int MAX_LENGTH = 1024;
    private static final int MAX_DEPTH = 32;
    private static final int MAX_CODE = 999;
    private static final String CONDITIONS = "response.code, response.flags, request.headers['…'], request.method, request.host or request.path";

    private final String text;
    private int at;
    private int depth;

    private LogExpression(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException saying what was found where, and what was expected */
    static LogFilter parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(text.length() + " characters (expected: <= " + MAX_LENGTH + ")");
        }
        LogExpression expression = new LogExpression(text);
        LogFilter filter = expression.alternatives();
        expression.space();
        if (expression.at < text.length()) {
            throw expression.unexpected("&&, || or the end");
        }
        return filter;
    }

    private LogFilter alternatives() {
        if (++depth > MAX_DEPTH) {
            throw new IllegalArgumentException("more than " + MAX_DEPTH + " levels (expected: fewer)");
        }
        List<LogFilter> filters = new ArrayList<>();
        do {
            filters.add(conjunction());
        } while (taken("||"));
        depth--;
        return filters.size() == 1 ? filters.get(0) : new LogFilter.Any(filters);
    }

    private LogFilter conjunction() {
        List<LogFilter> filters = new ArrayList<>();
        do {
            filters.add(term());
        } while (taken("&&"));
        return filters.size() == 1 ? filters.get(0) : new LogFilter.All(filters);
    }

    private LogFilter term() {
        boolean negated = false;
        while (taken("!")) {
            negated = !negated;
        }
        LogFilter filter;
        if (taken("(")) {
            filter = alternatives();
            require(")");
        } else {
            filter = condition();
        }
        return negated ? negated(filter) : filter;
    }

    private LogFilter condition() {
        space();
        if (at < text.length() && isQuote(text.charAt(at))) {
            String header = string();
            require("in");
            require("request.headers");
            return new LogFilter.Header(headerName(header), HeaderMatch.PRESENT, "", false);
        }
        if (taken("response.code")) {
            return code();
        }
        if (taken("response.flags")) {
            if (taken("!=") && number() == 0) {
                return new LogFilter.Flagged();
            }
            throw unexpected("response.flags != 0");
        }
        return header();
    }

    private LogFilter code() {
        String operator = operator();
        int number = number();
        LogFilter equal = new LogFilter.Code(Comparison.EQUAL, number);
        LogFilter atLeast = new LogFilter.Code(Comparison.AT_LEAST, number);
        return switch (operator) {
            case "==" -> equal;
            case "!=" -> negated(equal);
            case ">=" -> atLeast;
            case "<" -> negated(atLeast);
            case "<=" -> new LogFilter.Code(Comparison.AT_MOST, number);
            default -> new LogFilter.Code(Comparison.AT_LEAST, number + 1);
        };
    }

    private LogFilter negated(LogFilter filter) {
        try {
            return filter.negated();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("before character " + (at + 1) + ": " + e.getMessage(), e);
        }
    }

    private LogFilter header() {
        String name = subject();
        if (name == null) {
            throw unexpected(CONDITIONS);
        }
        if (taken("==")) {
            return new LogFilter.Header(name, HeaderMatch.EXACT, string(), false);
        }
        if (taken("!=")) {
            return new LogFilter.Header(name, HeaderMatch.EXACT, string(), true);
        }
        for (HeaderMatch match : List.of(HeaderMatch.PREFIX, HeaderMatch.SUFFIX, HeaderMatch.CONTAINS, HeaderMatch.REGEX)) {
            if (taken(function(match))) {
                require("(");
                String value = string();
                if (value.isEmpty()) {
                    throw unexpected("a text in quotes that is not empty");
                }
                require(")");
                return new LogFilter.Header(name, match, value, false);
            }
        }
        throw unexpected("==, !=, .startsWith, .endsWith, .contains or .matches");
    }

    private @Nullable String subject() {
        if (taken("request.headers")) {
            require("[");
            String name = headerName(string());
            require("]");
            return name;
        }
        if (taken("request.method")) {
            return ":method";
        }
        if (taken("request.host")) {
            return ":authority";
        }
        return taken("request.path") ? ":path" : null;
    }

    private static String function(HeaderMatch match) {
        return switch (match) {
            case PREFIX -> ".startsWith";
            case SUFFIX -> ".endsWith";
            case CONTAINS -> ".contains";
            case REGEX -> ".matches";
            case EXACT, PRESENT -> throw new IllegalStateException(match + " is no function");
        };
    }

    private String headerName(String name) {
        boolean fits = !name.isEmpty() && name.length() <= 256
                && name.chars().allMatch(c -> c > ' ' && c < 127 && "()<>@,;:\\\"/[]?={}".indexOf(c) < 0);
        if (!fits) {
            throw new IllegalArgumentException(Problem.shown(name) + " (expected: a header name)");
        }
        return name.toLowerCase(Locale.ROOT);
    }

    private String operator() {
        for (String operator : List.of("==", "!=", ">=", "<=", ">", "<")) {
            if (taken(operator)) {
                return operator;
            }
        }
        throw unexpected("==, !=, <, <=, > or >=");
    }

    private int number() {
        space();
        int begin = at;
        while (at < text.length() && at - begin < 4 && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        int number = at == begin ? -1 : Integer.parseInt(text.substring(begin, at));
        if (number < 0 || number > MAX_CODE) {
            at = begin;
            throw unexpected("a number, 0 to " + MAX_CODE);
        }
        return number;
    }

    private String string() {
        space();
        if (at >= text.length() || !isQuote(text.charAt(at))) {
            throw unexpected("a text in quotes");
        }
        int end = text.indexOf(text.charAt(at), at + 1);
        String value = end < 0 ? "\\" : text.substring(at + 1, end);
        if (value.indexOf('\\') >= 0) {
            throw unexpected("a text in quotes, without \\");
        }
        at = end + 1;
        return value;
    }

    private static boolean isQuote(char c) {
        return c == '\'' || c == '"';
    }

    private boolean taken(String token) {
        space();
        if (!text.startsWith(token, at)) {
            return false;
        }
        // "!" is not the beginning of "!=", and a word ends where no other begins.
        char next = at + token.length() < text.length() ? text.charAt(at + token.length()) : ' ';
        boolean word = Character.isLetter(token.charAt(token.length() - 1));
        if (token.equals("!") && next == '=' || word && (Character.isLetterOrDigit(next) || next == '_')) {
            return false;
        }
        at += token.length();
        return true;
    }

    private void require(String token) {
        if (!taken(token)) {
            throw unexpected(token);
        }
    }

    private void space() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private IllegalArgumentException unexpected(String expectation) {
        space();
        String found = at >= text.length() ? "the end" : "character " + (at + 1) + ", " + Problem.shown(text.substring(at));
        return new IllegalArgumentException(found + " (expected: " + expectation + ")");
    }
}
