package io.weft.pilot.generate.route;

import io.weft.pilot.model.LoadBalancer;
import io.weft.pilot.routing.ServiceScope;
import io.weft.pilot.routing.Target;
import io.weft.pilot.routing.TrafficRules;
import java.util.Optional;
import java.util.function.Function;

/** How a target's endpoints are chosen, when by a hash: its DestinationRule says so, its routes have to compute it. */
final class Hashing {

    private Hashing() {}

    static Function<Target, Optional<LoadBalancer.ConsistentHash>> of(ServiceScope services, TrafficRules traffic) {
        return target -> Optional.ofNullable(traffic.of(target, services).loadBalancer()).map(LoadBalancer::consistentHash);
    }
}
