package io.weft.sidecar.http;

import io.weft.sidecar.layer.Layer;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.VirtualHostResource;
import io.weft.sidecar.route.HeaderEdits;
import io.weft.sidecar.route.RedirectPlan;
import org.jspecify.annotations.Nullable;

/**
 * What is done with a request of one route, compiled.
 *
 * @param layers in order
 * @param requestEdits empty when a weighted destination brings its own
 */
record RoutePlan(
        VirtualHostResource host,
        RouteResource route,
        Layer[] layers,
        HeaderEdits requestEdits,
        HeaderEdits responseEdits,
        @Nullable ForwardPlan forward,
        @Nullable RedirectPlan redirect,
        RouteResource.@Nullable DirectResponse direct) {}
