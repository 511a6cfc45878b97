package io.weft.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.sidecar.resource.HttpManagerResource.EscapedSlashes;
import io.weft.sidecar.resource.HttpManagerResource.PathNormalization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathNormalizerTest {
    private static String base(String path) {
        return new PathNormalizer(PathNormalization.BASE).normalize(path);
    }

    @ParameterizedTest
    @CsvSource({
        "/, /", "/a/b, /a/b", "/a/./b, /a/b", "/a/../b, /b", "/../a, /a", "/a/.., /", "/a/., /a/", "/a/b/../, /a/", "/%2e%2e/a, /a",
        "/a/%2E%2e/b, /b", "/a\\b, /a/b", "/a/..\\b, /b", "/%41%7e, /A~", "/%2f, /%2F", "/a//b, /a//b", "/a?x=/../%41, /a?x=/../%41", "/..., /...",
        "/a%20b, /a%20b"
    })
    void baseIsRfc3986WithoutMergingSlashes(String path, String expected) {
        assertThat(base(path)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%", "/%4", "/%zz", "/%00", "a", "//%0"})
    void whatCannotBeNormalisedIsRejected(String path) {
        assertThat(base(path)).isSameAs(PathNormalizer.REJECTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%2e%2e/", "/a/../../b", "/%41%2e/", "/a/b/..", "/a\\..\\b"})
    void normalisingTwiceChangesNothing(String path) {
        assertThat(base(base(path))).isEqualTo(base(path));
    }

    @Test
    void slashesMerge_whenAsked() {
        PathNormalizer merging = new PathNormalizer(new PathNormalization(true, true, EscapedSlashes.KEEP));
        assertThat(merging.normalize("//a///b/?c=//")).isEqualTo("/a/b/?c=//");
    }

    @Test
    void escapedSlashesAreKeptRejectedOrUnescaped() {
        assertThat(new PathNormalizer(new PathNormalization(false, false, EscapedSlashes.REJECT)).normalize("/a%5cb"))
                .isSameAs(PathNormalizer.REJECTED);
        PathNormalizer forward = new PathNormalizer(new PathNormalization(true, true, EscapedSlashes.UNESCAPE_AND_FORWARD));
        assertThat(forward.normalize("/a/%2F..%2Fadmin")).isEqualTo("/a/admin");
        PathNormalizer redirect = new PathNormalizer(new PathNormalization(true, false, EscapedSlashes.UNESCAPE_AND_REDIRECT));
        assertThat(redirect.redirects("/a%2Fb", redirect.normalize("/a%2Fb"))).isTrue();
        assertThat(redirect.redirects("/a/../b", redirect.normalize("/a/../b"))).isFalse();
    }
}
