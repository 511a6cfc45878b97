package io.weft.pilot.xds;

import io.weft.pilot.generate.ResourceType;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** One stream's subscriptions, one of each type. Confined to its connection's loop. */
final class Subscriptions {

    private final Map<ResourceType, TypeSubscription> all = new EnumMap<>(ResourceType.class);

    Subscriptions(boolean delta, int maxNames) {
        for (ResourceType type : ResourceType.values()) {
            all.put(type, new TypeSubscription(type, delta, maxNames));
        }
    }

    TypeSubscription of(ResourceType type) {
        TypeSubscription found = all.get(type);
        if (found == null) {
            throw new IllegalStateException("no subscription of " + type);
        }
        return found;
    }

    /** Whether a response of any type is not answered yet. */
    boolean anyOutstanding() {
        return all.values().stream().anyMatch(TypeSubscription::outstanding);
    }

    /** Of those that the client has. */
    List<TypeStatus> statuses() {
        return all.values().stream()
                .filter(TypeSubscription::begun)
                .map(TypeSubscription::status)
                .toList();
    }
}
