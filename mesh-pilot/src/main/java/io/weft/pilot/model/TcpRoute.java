package io.weft.pilot.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A rule for plain connections. */
public record TcpRoute(List<Match> match, List<WeightedDestination> route) {

    public TcpRoute {
        match = List.copyOf(match);
        route = List.copyOf(route);
    }

    /** All conditions must hold. */
    public record Match(
            List<String> destinationSubnets,
            @Nullable Integer port,
            Map<String, String> sourceLabels,
            List<String> gateways,
            @Nullable String sourceNamespace) {

        public Match {
            destinationSubnets = List.copyOf(destinationSubnets);
            sourceLabels = Copies.ordered(sourceLabels);
            gateways = List.copyOf(gateways);
        }
    }

    /** A destination and its share. */
    public record WeightedDestination(Destination destination, @Nullable Integer weight) {}
}
