package io.weft.pilot.model.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.pilot.model.LogFilter;
import io.weft.pilot.model.LogFilter.All;
import io.weft.pilot.model.LogFilter.Any;
import io.weft.pilot.model.LogFilter.Code;
import io.weft.pilot.model.LogFilter.Comparison;
import io.weft.pilot.model.LogFilter.Flagged;
import io.weft.pilot.model.LogFilter.Header;
import io.weft.pilot.model.LogFilter.HeaderMatch;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LogExpressionTest {

    static Stream<Arguments> expressions() {
        return Stream.of(
                Arguments.of("response.code >= 400", atLeast(400)),
                Arguments.of("response.code>399", atLeast(400)),
                Arguments.of("response.code < 500", atMost(499)),
                Arguments.of("response.code <= 500", atMost(500)),
                Arguments.of("response.code == 0", new Code(Comparison.EQUAL, 0)),
                Arguments.of("response.code != 200", new Any(List.of(atMost(199), atLeast(201)))),
                Arguments.of("response.code != 0", atLeast(1)),
                Arguments.of("!(response.code >= 400)", atMost(399)),
                Arguments.of("!!(response.code >= 400)", atLeast(400)),
                Arguments.of("response.flags != 0", new Flagged()),
                Arguments.of("'X-Debug' in request.headers", header("x-debug", HeaderMatch.PRESENT, "")),
                Arguments.of("!('x-debug' in request.headers)", new Header("x-debug", HeaderMatch.PRESENT, "", true)),
                Arguments.of("request.headers[\"x-debug\"] == 'it''s'".replace("''", ""), header("x-debug", HeaderMatch.EXACT, "its")),
                Arguments.of("request.method != 'GET'", new Header(":method", HeaderMatch.EXACT, "GET", true)),
                Arguments.of("request.path.startsWith('/health')", header(":path", HeaderMatch.PREFIX, "/health")),
                Arguments.of("request.host.endsWith('.example.com')", header(":authority", HeaderMatch.SUFFIX, ".example.com")),
                Arguments.of("request.path.contains('x')", header(":path", HeaderMatch.CONTAINS, "x")),
                Arguments.of("request.path.matches('^/a+$')", header(":path", HeaderMatch.REGEX, "^/a+$")),
                Arguments.of(
                        "response.code >= 400 && request.method == 'GET' || response.flags != 0",
                        new Any(List.of(new All(List.of(atLeast(400), header(":method", HeaderMatch.EXACT, "GET"))), new Flagged()))),
                Arguments.of(
                        "!(response.code >= 400 || request.method == 'GET')",
                        new All(List.of(atMost(399), new Header(":method", HeaderMatch.EXACT, "GET", true)))));
    }

    @ParameterizedTest
    @MethodSource("expressions")
    void isReadAsItIsMeant(String expression, LogFilter filter) {
        assertThat(LogExpression.parse(expression)).isEqualTo(filter);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '~', value = {
        "response.code >= ; the end (expected: a number, 0 to 999)",
        "response.code >= 4000; character 18, \"4000\" (expected: a number, 0 to 999)",
        "response.code = 1; character 15, \"= 1\" (expected: ==, !=, <, <=, > or >=)",
        "response.code < 0; before character 18: a status below 0 is never there",
        "response.size > 10; character 1, \"response.size > 10\" (expected: response.code, response.flags, request.headers['…'], request.method, request.host or request.path)",
        "response.flags == 0; character 16, \"== 0\" (expected: response.flags != 0)",
        "!(response.flags != 0); before character 23: no proxy can be told to log what has no response flag",
        "(response.code >= 400; the end (expected: ))",
        "response.code >= 400 && ; the end (expected: response.code, response.flags, request.headers['…'], request.method, request.host or request.path)",
        "response.code >= 400 x; character 22, \"x\" (expected: &&, || or the end)",
        "request.headers['a b'] == 'x'; \"a b\" (expected: a header name)",
        "request.path == 'x; character 17, \"'x\" (expected: a text in quotes, without \\)",
        "request.path.startsWith(''); character 27, \")\" (expected: a text in quotes that is not empty)",
    })
    void whatNoProxyCouldDecide_isRefusedWithItsPlace(String expression, String problem) {
        assertThatThrownBy(() -> LogExpression.parse(expression)).isInstanceOf(IllegalArgumentException.class).hasMessage(problem);
    }

    @Test
    void sizeAndDepthAreBounded() {
        assertThatThrownBy(() -> LogExpression.parse("(".repeat(500))).hasMessageContaining("more than 32 levels");
        assertThatThrownBy(() -> LogExpression.parse("x".repeat(2000))).hasMessage("2000 characters (expected: <= 1024)");
        assertThat(LogExpression.parse("!".repeat(1000) + "(response.code >= 1)")).isEqualTo(atLeast(1));
    }

    private static Code atLeast(int code) {
        return new Code(Comparison.AT_LEAST, code);
    }

    private static Code atMost(int code) {
        return new Code(Comparison.AT_MOST, code);
    }

    private static Header header(String name, HeaderMatch match, String value) {
        return new Header(name, match, value, false);
    }
}
