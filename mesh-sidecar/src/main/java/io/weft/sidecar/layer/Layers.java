package io.weft.sidecar.layer;

import io.weft.sidecar.layer.cors.CorsLayer;
import io.weft.sidecar.layer.fault.FaultLayer;
import io.weft.sidecar.layer.rbac.RbacLayer;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.resource.CorsResource;
import io.weft.sidecar.resource.FaultResource;
import io.weft.sidecar.resource.FilterOverrides;
import io.weft.sidecar.resource.HttpFilterResource;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.RbacResource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compiles HTTP filters into layers. */
public final class Layers {
    private Layers() {}

    /**
     * The layers of one route, in the listener's order; the most specific override of each filter holds.
     *
     * @param overrides from the most specific level to the least
     */
    public static List<Layer> of(List<HttpManagerResource.NamedHttpFilter> filters, List<FilterOverrides> overrides, EngineMetrics metrics) {
        List<Layer> layers = new ArrayList<>();
        for (HttpManagerResource.NamedHttpFilter filter : filters) {
            HttpFilterResource config = effective(filter, overrides);
            Layer layer = config == null ? null : compile(config, metrics);
            if (layer != null) {
                layers.add(layer);
            }
        }
        return List.copyOf(layers);
    }

    private static @Nullable HttpFilterResource effective(
            HttpManagerResource.NamedHttpFilter filter, List<FilterOverrides> overrides) {
        for (FilterOverrides level : overrides) {
            if (level.disabled().contains(filter.name())) {
                return null;
            }
            HttpFilterResource config = level.byName().get(filter.name());
            if (config != null) {
                return config;
            }
        }
        return filter.disabled() ? null : filter.config();
    }

    private static @Nullable Layer compile(HttpFilterResource config, EngineMetrics metrics) {
        if (config instanceof RbacResource rbac) {
            return RbacLayer.of(rbac, metrics);
        }
        if (config instanceof FaultResource fault) {
            return FaultLayer.of(fault);
        }
        if (config instanceof CorsResource cors) {
            return CorsLayer.of(cors);
        }
        return null;
    }
}
