package io.weft.telemetry.console;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Serves the page. Its files are not in one of the folders that Boot serves by itself: in a JVM that several parts share, each of
 * them, gateways too, would show it then.
 */
@Configuration(proxyBeanMethods = false)
class ConsoleConfiguration {

    /** The jar's path holds the version; a page that imports by it would break with the next one. */
    private static final String CYTOSCAPE = "classpath*:META-INF/resources/webjars/cytoscape/*/dist/cytoscape.esm.min.mjs";

    private static final MediaType SCRIPT = MediaType.parseMediaType("text/javascript;charset=UTF-8");

    @Bean
    RouterFunction<ServerResponse> console() {
        Resource cytoscape = cytoscape();
        Resource page = new ClassPathResource("console/index.html");
        return RouterFunctions.route()
                .GET("/", request -> ServerResponse.ok().contentType(MediaType.TEXT_HTML).bodyValue(page))
                .GET("/console/cytoscape.mjs", request -> ServerResponse.ok().contentType(SCRIPT).bodyValue(cytoscape))
                .resources("/console/**", new ClassPathResource("console/"))
                .build();
    }

    private static Resource cytoscape() {
        try {
            Resource[] found = new PathMatchingResourcePatternResolver().getResources(CYTOSCAPE);
            if (found.length != 1) {
                throw new IllegalStateException(CYTOSCAPE + ": " + found.length + " on the class path (expected: 1)");
            }
            return found[0];
        } catch (IOException problem) {
            throw new UncheckedIOException(CYTOSCAPE, problem);
        }
    }
}
