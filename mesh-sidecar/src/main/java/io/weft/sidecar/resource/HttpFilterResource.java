package io.weft.sidecar.resource;

/** An HTTP filter this engine knows; anything else is a NACK that names it. */
public sealed interface HttpFilterResource permits RbacResource, FaultResource, CorsResource, HttpFilterResource.Router {
    /** {@code envoy.filters.http.router}. */
    record Router(boolean suppressEnvoyHeaders) implements HttpFilterResource {}
}
