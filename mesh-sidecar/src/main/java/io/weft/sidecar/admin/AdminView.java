package io.weft.sidecar.admin;

import io.weft.sidecar.cluster.ClusterView;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.xds.RawResource;
import io.weft.sidecar.xds.ResourceKind;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;

/** What the admin endpoints show. Every method may be called from any thread. */
public interface AdminView {

    /** Empty when requests may come; else what is missing, for people. */
    String notReady();

    /** True once stopping has begun. */
    boolean draining();

    List<ClusterView> clusters();

    Map<String, InetSocketAddress> listeners();

    /** Resources from the bootstrap file. */
    Map<ResourceKind, List<RawResource>> staticResources();

    /** Resources from the control plane. */
    Map<ResourceKind, List<RawResource>> dynamicResources();

    EngineMetrics metrics();

    /** Facts for {@code /server_info}: node, command line, identity and the like. */
    Map<String, String> info();
}
