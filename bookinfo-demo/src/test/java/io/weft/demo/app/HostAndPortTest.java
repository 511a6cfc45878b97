package io.weft.demo.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostAndPortTest {

    @Test
    void bothSpellingsOfAProxyAreRead() {
        assertThat(HostAndPort.parse("127.0.0.1:15001\n", "p")).hasToString("127.0.0.1:15001");
        assertThat(HostAndPort.parse("http://localhost:15001/", "p")).hasToString("localhost:15001");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "localhost", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000", "https://a:1", "a:1/b", "a b:1"})
    void anythingElseIsRefusedByName(String text) {
        assertThatThrownBy(() -> HostAndPort.parse(text, "weft.app.http-proxy"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("weft.app.http-proxy")
                .hasMessageContaining("expected: host:port");
    }
}
