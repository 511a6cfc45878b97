package io.weft.pilot.generate.route;

import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.weft.pilot.generate.cluster.OutboundClusters;
import io.weft.pilot.generate.proto.Proto;
import io.weft.pilot.model.OutboundMode;
import io.weft.pilot.routing.UnknownTraffic;
import java.time.Duration;

/** What happens to hosts that the mesh does not know. */
final class VirtualHosts {

    private VirtualHosts() {}

    static VirtualHost unknown(UnknownTraffic unknown) {
        if (unknown.mode() != OutboundMode.ALLOW_ANY) {
            return blockAll();
        }
        return allowAny(unknown.proxy() == null ? OutboundClusters.PASSTHROUGH : unknown.proxy().cluster());
    }

    private static VirtualHost allowAny(String cluster) {
        return VirtualHost.newBuilder()
                .setName("allow_any")
                .addDomains("*")
                .addRoutes(Route.newBuilder()
                        .setName("allow_any")
                        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                        .addRequestHeadersToRemove(Routes.INTERNAL_IDENTITY)
                        .setRoute(RouteAction.newBuilder()
                                .setCluster(cluster)
                                .setTimeout(Proto.duration(Duration.ZERO))))
                .build();
    }

    private static VirtualHost blockAll() {
        return VirtualHost.newBuilder()
                .setName("block_all")
                .addDomains("*")
                .addRoutes(Route.newBuilder()
                        .setName("block_all")
                        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                        .setDirectResponse(DirectResponseAction.newBuilder().setStatus(502)))
                .build();
    }
}
