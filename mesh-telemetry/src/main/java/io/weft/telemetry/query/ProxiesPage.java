package io.weft.telemetry.query;

import io.weft.telemetry.ingest.scrape.PageFetcher;
import io.weft.telemetry.settings.WeftProperties;
import java.net.URI;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** {@code GET /weft/v1/proxies}: mesh-pilot's page, so that the console has it from its own origin. */
@RestController
final class ProxiesPage {

    private final PageFetcher fetcher;
    private final String pilot;

    ProxiesPage(PageFetcher fetcher, WeftProperties weft) {
        this.fetcher = fetcher;
        this.pilot = weft.pilot().address();
    }

    @GetMapping(path = "/weft/v1/proxies", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<byte[]> proxies() {
        if (pilot.isEmpty()) {
            return Mono.error(away("weft.pilot.address is empty"));
        }
        URI page = URI.create((pilot.endsWith("/") ? pilot.substring(0, pilot.length() - 1) : pilot) + "/weft/v1/proxies");
        return fetcher.get(page, MediaType.APPLICATION_JSON_VALUE)
                .onErrorMap(failure -> away(page + ": " + fetcher.reason(failure)));
    }

    private static ApiException away(String why) {
        return new ApiException(503, "ServiceUnavailable", "mesh-pilot does not answer: " + why);
    }
}
