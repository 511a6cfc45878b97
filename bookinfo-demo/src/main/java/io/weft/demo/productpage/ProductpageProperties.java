package io.weft.demo.productpage;

import java.net.URI;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whom productpage asks, and how long it waits.
 *
 * @param detailsUrl default {@code http://details:9080}
 * @param reviewsUrl default {@code http://reviews:9080}
 * @param ratingsUrl default {@code http://ratings:9080}; only the JSON API asks it, the page's stars come with the reviews
 * @param timeout for each of them; default 10 s, longer than the 7 s delay of the fault demo, which therefore shows as a slow page with
 *     stars. With 3 s, as the original has it, the same delay shows as "reviews are currently unavailable"
 */
@ConfigurationProperties("weft.productpage")
record ProductpageProperties(
        @DefaultValue("http://details:9080") URI detailsUrl,
        @DefaultValue("http://reviews:9080") URI reviewsUrl,
        @DefaultValue("http://ratings:9080") URI ratingsUrl,
        @DefaultValue("10s") Duration timeout) {}
