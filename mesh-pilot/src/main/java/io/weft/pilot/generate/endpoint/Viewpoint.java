package io.weft.pilot.generate.endpoint;

import io.weft.pilot.routing.TrafficRule;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Where a client stands, as far as it matters to which endpoints it prefers.
 *
 * @param locality {@code region/zone/subzone}; empty when not known
 * @param labels   those that some {@code failoverPriority} asks for
 */
public record Viewpoint(String locality, Map<String, String> labels) {

    /** Of nobody in particular: all endpoints are alike. */
    public static final Viewpoint ANYWHERE = new Viewpoint("", Map.of());

    public Viewpoint {
        labels = Map.copyOf(labels);
    }

    /** As much of it as makes a difference under a rule: clients that differ in nothing else share what is generated. */
    public Viewpoint under(TrafficRule rule) {
        if (equals(ANYWHERE) || rule.policies().noneMatch(Localities::matters)) {
            return ANYWHERE;
        }
        Map<String, String> asked = new HashMap<>();
        rule.policies()
                .map(Localities::setting)
                .filter(Objects::nonNull)
                .flatMap(setting -> setting.failoverPriority().stream())
                .forEach(name -> {
                    String value = labels.get(name);
                    if (value != null) {
                        asked.put(name, value);
                    }
                });
        return new Viewpoint(locality, asked);
    }
}
