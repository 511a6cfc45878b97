package io.weft.pilot.source.kubernetes;

import io.weft.pilot.model.AuthorizationPolicy;
import io.weft.pilot.model.AuthorizationPolicy.Action;
import io.weft.pilot.model.AuthorizationPolicy.Rule;
import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.PeerAuthentication;
import io.weft.pilot.model.PeerAuthentication.Mode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What holds in the place of a policy that is refused and never was good: whoever wanted to shut a door does not find it open. The same workloads are meant,
 * and of what the policy would have let through nothing is let through (docs/decisions/0011).
 *
 * @param note for its author
 */
record StandIn(ConfigObject object, String note) {

    private static final Rule EVERYTHING = new Rule(List.of(), List.of(), List.of());

    /**
     * Empty for what shuts no door, and where it cannot be read whose.
     *
     * @param spec as the API server has it
     */
    static Optional<StandIn> of(ObjectMeta meta, @Nullable Object spec) {
        Map<?, ?> fields = map(spec);
        if (fields.containsKey("targetRef") || fields.containsKey("targetRefs")) {
            return Optional.empty();
        }
        return switch (meta.kind()) {
            case AUTHORIZATION_POLICY -> authorization(meta, fields);
            case PEER_AUTHENTICATION -> authentication(meta, fields);
            default -> Optional.empty();
        };
    }

    private static Optional<StandIn> authorization(ObjectMeta meta, Map<?, ?> spec) {
        if (Boolean.parseBoolean(meta.annotations().get("istio.io/dry-run"))) {
            return Optional.empty();
        }
        Object action = spec.get("action");
        if (action == null || action.equals("ALLOW")) {
            return Optional.of(new StandIn(
                    new AuthorizationPolicy(meta, selector(spec), List.of(), Action.ALLOW),
                    "until it is mended it allows nobody, and the workloads it selects deny what no other policy allows"));
        }
        return action.equals("AUDIT")
                ? Optional.empty()
                : Optional.of(new StandIn(
                        new AuthorizationPolicy(meta, selector(spec), List.of(EVERYTHING), Action.DENY),
                        "until it is mended the workloads it selects deny everything"));
    }

    private static Optional<StandIn> authentication(ObjectMeta meta, Map<?, ?> spec) {
        boolean strict = Stream.concat(Stream.of(map(spec.get("mtls"))), map(spec.get("portLevelMtls")).values().stream().map(StandIn::map))
                .anyMatch(mtls -> Mode.STRICT.name().equals(mtls.get("mode")));
        return strict
                ? Optional.of(new StandIn(
                        new PeerAuthentication(meta, selector(spec), Mode.STRICT, Map.of()),
                        "until it is mended the workloads it selects take mutual TLS only, at all ports"))
                : Optional.empty();
    }

    private static @Nullable Map<String, String> selector(Map<?, ?> spec) {
        Map<String, String> labels = new LinkedHashMap<>();
        map(map(spec.get("selector")).get("matchLabels")).forEach((name, value) -> labels.put(String.valueOf(name), String.valueOf(value)));
        return labels.isEmpty() ? null : labels;
    }

    private static Map<?, ?> map(@Nullable Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }
}
