package io.weft.demo.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageApplicationTest {

    @ParameterizedTest
    @ValueSource(strings = {"details", "httpbin", "productpage", "ratings", "reviews"})
    void everyServiceOfTheDemoIsThere(String name) {
        assertThat(ImageApplication.app(name).application().getAllSources())
                .extracting(source -> ((Class<?>) source).getPackageName())
                .containsExactlyInAnyOrder("io.weft.demo." + name, "io.weft.demo.app");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonesuch", "Details", "--server.port=1"})
    void whatIsNoService_isRefusedWithThoseThereAre(String name) {
        assertThatThrownBy(() -> ImageApplication.app(name))
                .hasMessage("first argument: '" + name + "' (expected: one of details, httpbin, productpage, ratings, reviews)");
    }

    @Test
    void noArgumentAtAll_isRefusedToo() {
        assertThatThrownBy(() -> ImageApplication.main(new String[0])).hasMessageStartingWith("first argument: '' (expected: one of");
    }
}
