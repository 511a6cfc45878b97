package io.weft.demo.reviews;

import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which of the three versions this is.
 *
 * @param ratingsEnabled whether stars are asked for; v1 does not; default false (environment: {@code ENABLE_RATINGS})
 * @param starColor the stars' colour: {@code black} in v2, {@code red} in v3 (environment: {@code STAR_COLOR})
 * @param ratingsUrl where ratings is; default {@code http://ratings:9080}
 * @param ratingsTimeout how long ratings may take; default 10 s, so that a delay of 7 s put there by a rule is seen as one
 */
@ConfigurationProperties("weft.reviews")
record ReviewsProperties(
        @DefaultValue("false") boolean ratingsEnabled,
        @DefaultValue("black") StarColor starColor,
        @DefaultValue("http://ratings:9080") URI ratingsUrl,
        @DefaultValue("10s") Duration ratingsTimeout) {

    enum StarColor {
        BLACK,
        RED
    }
}
