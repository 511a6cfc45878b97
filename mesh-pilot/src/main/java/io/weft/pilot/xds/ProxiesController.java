package io.weft.pilot.xds;

import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /weft/v1/proxies}: who is connected, and how far each is. */
@RestController
final class ProxiesController {

    private final AdsConnections connections;

    ProxiesController(AdsConnections connections) {
        this.connections = connections;
    }

    @GetMapping("/weft/v1/proxies")
    List<ProxyStatus> proxies() {
        return connections.statuses();
    }
}
