package io.weft.telemetry.console;

import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/** The page's files and the headers they come with. */
class ConsoleHeadersTest {

    private final WebTestClient client = WebTestClient.bindToRouterFunction(new ConsoleConfiguration().console())
            .webFilter(new ConsoleHeaders())
            .build();

    @Test
    void page_comesWithAPolicyThatAllowsOnlyItsOwnFiles() {
        client.get().uri("/").exchange()
                .expectStatus().isOk()
                .expectHeader().contentTypeCompatibleWith(MediaType.TEXT_HTML)
                .expectHeader().valueEquals("Content-Security-Policy", ConsoleHeaders.POLICY)
                .expectHeader().valueEquals(HttpHeaders.CACHE_CONTROL, "no-store")
                .expectBody(String.class).value(page -> org.assertj.core.api.Assertions.assertThat(page).doesNotContain(" style=", "onclick", "http://", "https://"));
    }

    @Test
    void modulesAndCytoscape_areScripts() {
        for (String file : new String[] {"/console/js/main.js", "/console/cytoscape.mjs"}) {
            client.get().uri(file).exchange().expectStatus().isOk().expectHeader().contentTypeCompatibleWith("text/javascript");
        }
    }

    @Test
    void nothingButThePage_isServed() {
        for (String path : new String[] {"/console/", "/console/nothing.js", "/console/../mesh-telemetry.yml", "/console/..%2fmesh-telemetry.yml", "/mesh-telemetry.yml"}) {
            client.get().uri(java.net.URI.create(path)).exchange().expectStatus().isNotFound();
        }
    }
}
