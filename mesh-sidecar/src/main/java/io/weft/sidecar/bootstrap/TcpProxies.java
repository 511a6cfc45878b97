package io.weft.sidecar.bootstrap;

import io.weft.sidecar.cluster.Clusters;
import io.weft.sidecar.listener.TcpTail;
import io.weft.sidecar.listener.TcpTails;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.resource.TcpProxyResource;
import io.weft.sidecar.tcp.TcpProxy;
import java.util.List;

/** Byte proxies for the engine's filter chains; network RBAC has been asked before. */
record TcpProxies(EngineMetrics metrics) implements TcpTails {

    @Override
    public TcpTail tail(TcpProxyResource resource, Clusters clusters) {
        return new TcpProxy(resource, clusters::ref, metrics, List.of())::install;
    }
}
