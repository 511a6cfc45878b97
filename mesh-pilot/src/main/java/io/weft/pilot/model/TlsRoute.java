package io.weft.pilot.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A rule for TLS that is passed through, chosen by SNI. */
public record TlsRoute(List<Match> match, List<TcpRoute.WeightedDestination> route) {

    public TlsRoute {
        match = List.copyOf(match);
        route = List.copyOf(route);
    }

    /** All conditions must hold; {@code sniHosts} is never empty. */
    public record Match(
            List<String> sniHosts,
            List<String> destinationSubnets,
            @Nullable Integer port,
            Map<String, String> sourceLabels,
            List<String> gateways,
            @Nullable String sourceNamespace) {

        public Match {
            sniHosts = List.copyOf(sniHosts);
            destinationSubnets = List.copyOf(destinationSubnets);
            sourceLabels = Copies.ordered(sourceLabels);
            gateways = List.copyOf(gateways);
        }
    }
}
