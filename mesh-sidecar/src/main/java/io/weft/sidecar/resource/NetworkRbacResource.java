package io.weft.sidecar.resource;

/** {@code envoy.filters.network.rbac}: header and path rules never match here. */
public record NetworkRbacResource(String statPrefix, RbacResource rbac) implements NetworkFilterResource {}
