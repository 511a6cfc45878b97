package io.weft.sidecar.resource;

/** A network filter this engine knows; anything else is a NACK that names it. */
public sealed interface NetworkFilterResource permits HttpManagerResource, TcpProxyResource, NetworkRbacResource, MetadataExchangeResource {
    /** What the chain ends with: it takes the connection. */
    default boolean terminal() {
        return this instanceof HttpManagerResource || this instanceof TcpProxyResource;
    }
}
