package io.weft.sidecar.resource;

/** {@code envoy.filters.network.metadata_exchange}: proxies that agree on it by ALPN say who they are before the bytes of a connection. */
public record MetadataExchangeResource() implements NetworkFilterResource {
    /** What both agree on. */
    public static final String PROTOCOL = "istio-peer-exchange";
}
