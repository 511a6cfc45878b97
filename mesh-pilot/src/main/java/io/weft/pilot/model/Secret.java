package io.weft.pilot.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Kubernetes v1 Secret. Its values show neither in logs nor over REST. */
public record Secret(ObjectMeta meta, @Nullable String type, Map<String, SecretValue> data) implements ConfigObject {

    public Secret {
        data = Copies.ordered(data);
    }

    @Override
    public Secret withMeta(ObjectMeta newMeta) {
        return new Secret(newMeta, type, data);
    }
}
