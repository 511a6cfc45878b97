package io.weft.demo.httpbin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatusChoiceTest {

    @Test
    void weightsDecide() {
        StatusChoice choice = StatusChoice.parse("200:3,500");
        assertThat(choice.draw(() -> 0)).isEqualTo(200);
        assertThat(choice.draw(() -> 0.74)).isEqualTo(200);
        assertThat(choice.draw(() -> 0.76)).isEqualTo(500);
        assertThat(choice.draw(() -> Math.nextDown(1.0))).isEqualTo(500);
    }

    @Test
    void headerNamesAreCanonical() {
        assertThat(Shown.canonical("x-REQUEST-id")).isEqualTo("X-Request-Id");
        assertThat(Shown.canonical("a--b")).isEqualTo("A--B");
    }
}
