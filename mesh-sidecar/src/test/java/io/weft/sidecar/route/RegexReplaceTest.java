package io.weft.sidecar.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.Pattern;
import io.weft.sidecar.resource.ResourceException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What RE2's own replacement answers, and so Envoy. */
class RegexReplaceTest {

    @ParameterizedTest
    @CsvSource({
        ".*, /new, /a/b, /new",
        "a*, x, baac, xbxcx",
        "b*, -, abbc, -a-c-",
        "^/item/([0-9]+)$, /i/\\1, /item/42, /i/42",
        "([a-z])([0-9]), \\2\\1, /a1b2, /1a2b",
        "(a)(b)?, [\\1\\2], /abac, /[ab][a]c",
        "(a), \\10, /a, /a0",
        "a, \\\\, /a, /\\",
        "a, $0, /a, /$0",
        "a, \\0\\0, /a, /aa",
        "z, x, /a, /a"
    })
    void replaces(String pattern, String substitution, String path, String expected) {
        assertThat(new RegexReplace(Pattern.compile(pattern), substitution).all(path)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\2", "\\x", "a\\"})
    void refusesWhatNamesNothing(String substitution) {
        assertThatThrownBy(() -> new RegexReplace(Pattern.compile("(a)"), substitution))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("substitution: " + substitution)
                .hasMessageContaining("expected");
    }
}
