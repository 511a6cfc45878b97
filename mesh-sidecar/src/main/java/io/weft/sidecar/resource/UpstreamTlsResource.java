package io.weft.sidecar.resource;

/**
 * {@code UpstreamTlsContext}.
 *
 * @param sni empty: none, unless {@code autoHostSni}
 * @param autoHostSni SNI from the (rewritten) Host of the request
 * @param autoSanValidation the certificate must be for that SNI
 */
public record UpstreamTlsResource(TlsCommon common, String sni, boolean autoHostSni, boolean autoSanValidation) {}
