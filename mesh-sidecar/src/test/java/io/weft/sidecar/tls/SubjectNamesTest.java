package io.weft.sidecar.tls;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubjectNamesTest {

    @ParameterizedTest
    @CsvSource({
        "a.example.com, a.example.com, true",
        "*.example.com, a.example.com, true",
        "*.example.com, b.a.example.com, false",
        "*.example.com, example.com, false",
        "*.com, example.com, false",
        "*, example.com, false",
        "a*.example.com, ab.example.com, false",
        "*.example.com, .example.com, false",
        "a.example.com, b.example.com, false"
    })
    void aWildcardIsOneWholeLabel(String pattern, String host, boolean matches) {
        assertThat(SubjectNames.dns(pattern, host)).isEqualTo(matches);
    }
}
