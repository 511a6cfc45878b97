package io.weft.sidecar.resource;

import java.util.List;

/**
 * Envoy's {@code CorsPolicy}. With no allowed origin the filter does nothing.
 *
 * @param allowMethods value of the header, as Envoy takes it ("" : absent)
 * @param maxAge seconds as text ("" : absent)
 * @param forwardNotMatchingPreflights a preflight whose origin is not allowed goes on to the upstream (Envoy's default)
 */
public record CorsResource(
        List<StringMatch> allowOrigins,
        String allowMethods,
        String allowHeaders,
        String exposeHeaders,
        String maxAge,
        boolean allowCredentials,
        FractionalPercent enabled,
        boolean forwardNotMatchingPreflights)
        implements HttpFilterResource {
    /** What the filter says in a listener: it acts only where a route configures it. */
    public static final CorsResource OFF =
            new CorsResource(List.of(), "", "", "", "", false, FractionalPercent.ALWAYS, true);

    public CorsResource {
        allowOrigins = List.copyOf(allowOrigins);
    }
}
