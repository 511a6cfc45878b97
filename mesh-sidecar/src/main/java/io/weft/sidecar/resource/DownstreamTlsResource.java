package io.weft.sidecar.resource;

/** {@code DownstreamTlsContext}. */
public record DownstreamTlsResource(TlsCommon common, boolean requireClientCertificate, boolean requireSni) {}
