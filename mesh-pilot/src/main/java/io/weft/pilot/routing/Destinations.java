package io.weft.pilot.routing;

import io.weft.pilot.model.Destination;
import io.weft.pilot.model.VirtualService;
import java.util.ArrayList;
import java.util.List;

/** Every destination that a VirtualService names. */
final class Destinations {

    private Destinations() {}

    static List<Destination> of(VirtualService rules) {
        List<Destination> all = new ArrayList<>();
        rules.http().forEach(rule -> {
            rule.route().forEach(target -> all.add(target.destination()));
            rule.mirrors().forEach(mirror -> all.add(mirror.destination()));
            if (rule.mirror() != null) {
                all.add(rule.mirror());
            }
        });
        rules.tls().forEach(rule -> rule.route().forEach(target -> all.add(target.destination())));
        rules.tcp().forEach(rule -> rule.route().forEach(target -> all.add(target.destination())));
        return all;
    }
}
