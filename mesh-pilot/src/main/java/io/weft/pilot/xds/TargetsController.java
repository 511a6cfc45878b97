package io.weft.pilot.xds;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /weft/v1/targets}: what there is to scrape, as Prometheus' HTTP service discovery asks for it. */
@RestController
final class TargetsController {

    private final AdsConnections connections;

    TargetsController(AdsConnections connections) {
        this.connections = connections;
    }

    @GetMapping("/weft/v1/targets")
    List<MetricsTarget> targets(ServerHttpRequest request) {
        List<MetricsTarget> targets = new ArrayList<>();
        InetSocketAddress here = request.getLocalAddress();
        if (here != null && here.getAddress() != null) {
            // Actuator is served beside this page: whoever reaches one reaches the other.
            String address = MetricsTarget.shown(here.getAddress().getHostAddress()) + ":" + here.getPort();
            targets.add(MetricsTarget.of(address, "/actuator/prometheus", "mesh-pilot", "istio-system", Map.of("app", "mesh-pilot")));
        }
        targets.addAll(connections.targets());
        return targets;
    }
}
