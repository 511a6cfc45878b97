package io.weft.sidecar.resource;

/** A network filter this engine knows; anything else is a NACK that names it. */
public sealed interface NetworkFilterResource permits HttpManagerResource, TcpProxyResource, NetworkRbacResource {}
