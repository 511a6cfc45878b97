package io.weft.sidecar.resource;

import java.util.Map;
import java.util.Set;

/**
 * {@code typed_per_filter_config} of a virtual host, route or weighted cluster.
 *
 * @param byName filter name → configuration that replaces the listener's
 * @param disabled names of filters that do not act here
 */
public record FilterOverrides(Map<String, HttpFilterResource> byName, Set<String> disabled) {
    public static final FilterOverrides NONE = new FilterOverrides(Map.of(), Set.of());

    public FilterOverrides {
        byName = Map.copyOf(byName);
        disabled = Set.copyOf(disabled);
    }

    public boolean isEmpty() {
        return byName.isEmpty() && disabled.isEmpty();
    }
}
