package io.weft.pilot.routing;

import io.weft.pilot.model.OutboundMode;
import org.jspecify.annotations.Nullable;

/**
 * What happens to what is meant for a host that the mesh does not know.
 *
 * @param proxy where it goes under ALLOW_ANY; null: to the host itself
 */
public record UnknownTraffic(OutboundMode mode, @Nullable Target proxy) {}
