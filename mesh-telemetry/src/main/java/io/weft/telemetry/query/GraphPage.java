package io.weft.telemetry.query;

import io.weft.telemetry.graph.EdgeHistory;
import io.weft.telemetry.graph.Graph;
import io.weft.telemetry.store.GatewayNames;
import java.time.Duration;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /weft/v1/graph}: who calls whom. */
@RestController
final class GraphPage {

    private static final Duration DEFAULT = Duration.ofSeconds(60);

    private final EdgeHistory history;
    private final GatewayNames gateways;

    GraphPage(EdgeHistory history, GatewayNames gateways) {
        this.history = history;
        this.gateways = gateways;
    }

    @GetMapping("/weft/v1/graph")
    Graph graph(ServerHttpRequest request) {
        Query query = new Query(request.getQueryParams());
        Duration missing = DEFAULT.compareTo(history.keep()) < 0 ? DEFAULT : history.keep();
        Duration window = query.duration("window", missing, Duration.ofSeconds(1));
        if (window.compareTo(Duration.ofSeconds(1)) < 0 || window.compareTo(history.keep()) > 0) {
            throw Query.expected(
                    "window", String.valueOf(query.text("window")), "1s to " + history.keep().toSeconds() + "s");
        }
        return Graph.of(history, gateways, window, query.text("namespace"));
    }
}
