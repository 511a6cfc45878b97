package io.weft.sidecar.secret;

import io.weft.sidecar.resource.SecretResource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** SDS secrets in force, by name; whoever depends on one is told when it changes. Thread-safe. */
public final class SecretStore {
    private final Map<String, SecretResource> secrets = new ConcurrentHashMap<>();
    private final Set<Consumer<String>> listeners = ConcurrentHashMap.newKeySet();

    public @Nullable SecretResource get(String name) {
        return secrets.get(name);
    }

    public void put(SecretResource secret) {
        SecretResource before = secrets.put(secret.name(), secret);
        if (!secret.equals(before)) {
            listeners.forEach(listener -> listener.accept(secret.name()));
        }
    }

    public void remove(String name) {
        if (secrets.remove(name) != null) {
            listeners.forEach(listener -> listener.accept(name));
        }
    }

    void listen(Consumer<String> listener) {
        listeners.add(listener);
    }

    void forget(Consumer<String> listener) {
        listeners.remove(listener);
    }
}
