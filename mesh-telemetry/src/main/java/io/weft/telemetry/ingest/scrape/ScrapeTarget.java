package io.weft.telemetry.ingest.scrape;

import io.weft.telemetry.store.Texts;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** Where metrics are fetched, and whose they are. Another workload at the same address is another target. */
record ScrapeTarget(URI url, @Nullable String workload, @Nullable String namespace) {

    private static final int MAX_URL = 512;
    private static final int MAX_NAME = 253;

    /** @throws IllegalArgumentException with what was expected, when that is no address we fetch */
    static ScrapeTarget of(String url, @Nullable String workload, @Nullable String namespace) {
        return new ScrapeTarget(
                url(url),
                workload == null ? null : Texts.cutOrNull(workload, MAX_NAME),
                namespace == null ? null : Texts.cutOrNull(namespace, MAX_NAME));
    }

    private static URI url(String url) {
        if (url.length() <= MAX_URL) {
            try {
                URI uri = new URI(url);
                boolean plain = "http".equals(uri.getScheme())
                        && uri.getHost() != null
                        && uri.getPort() > 0
                        && uri.getPort() <= 65_535
                        && uri.getRawUserInfo() == null
                        && uri.getRawFragment() == null
                        && uri.getRawPath().startsWith("/");
                if (plain) {
                    return uri;
                }
            } catch (URISyntaxException unreadable) {
                throw expected(url);
            }
        }
        throw expected(url);
    }

    private static IllegalArgumentException expected(String url) {
        return new IllegalArgumentException("target " + Texts.shown(url) + " (expected: http://host:port/path)");
    }
}
