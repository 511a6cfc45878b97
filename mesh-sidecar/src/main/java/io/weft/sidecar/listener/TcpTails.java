package io.weft.sidecar.listener;

import io.weft.sidecar.cluster.Clusters;
import io.weft.sidecar.resource.TcpProxyResource;
import io.weft.sidecar.tcp.TcpReport;

/** Makes the byte proxy of a filter chain. */
@FunctionalInterface
public interface TcpTails {
    /** @throws ResourceException when the resource cannot be served */
    TcpTail tail(TcpProxyResource resource, Clusters clusters, TcpReport report);
}
