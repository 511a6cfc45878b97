package io.weft.pilot.source.kubernetes;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which namespaces belong to the mesh: those whose labels match the selector, and the root namespace. */
final class Namespaces {

    private final Map<String, String> selector;
    private final String root;
    private final Map<String, Map<String, String>> labels = new HashMap<>();

    /** @param selector empty: all of them */
    Namespaces(Map<String, String> selector, String root) {
        this.selector = Map.copyOf(selector);
        this.root = root;
    }

    /** Reads {@code label=value,other=value}. */
    static Map<String, String> selector(String text) {
        Map<String, String> selector = new LinkedHashMap<>();
        for (String part : text.split(",")) {
            int equals = part.indexOf('=');
            if (part.isBlank()) {
                continue;
            }
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "weft.config.kubernetes.discovery-selector: " + part.strip() + " (expected: label=value,…)");
            }
            selector.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip());
        }
        return selector;
    }

    boolean isSelective() {
        return !selector.isEmpty();
    }

    synchronized void put(String name, Map<String, String> itsLabels) {
        labels.put(name, Map.copyOf(itsLabels));
    }

    synchronized void remove(String name) {
        labels.remove(name);
    }

    synchronized boolean includes(String name) {
        return selector.isEmpty()
                || name.equals(root)
                || labels.getOrDefault(name, Map.of()).entrySet().containsAll(selector.entrySet());
    }
}
