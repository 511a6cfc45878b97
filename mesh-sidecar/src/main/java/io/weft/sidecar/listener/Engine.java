package io.weft.sidecar.listener;

import io.weft.sidecar.cluster.ClusterView;
import io.weft.sidecar.cluster.Clusters;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.resource.LocalNode;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.SecretResource;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * The data plane: listeners, routes, clusters and secrets under their xDS names. Every {@code apply} compiles first and then swaps, per
 * resource; what does not compile is returned, the rest is in force when the call returns. Thread-safe; never call it on an event loop.
 */
public interface Engine extends AutoCloseable {
    /**
     * Binds before any configuration is there. Until a listener with this address comes, connections are closed as they are accepted.
     *
     * @param port 0: a free one
     * @return where it is bound
     */
    InetSocketAddress preBind(String host, int port);

    /** Says who this proxy is, for metrics, logs, spans and peers. Before configuration comes; an engine that nobody has introduced is {@code unknown}. */
    void introduce(LocalNode node);

    /** Listeners bind, or adopt what was pre-bound; a changed one is swapped in place; a removed one drains. */
    List<Rejection> applyListeners(Collection<ListenerResource> changed, Collection<String> removed);

    /** RDS. A listener whose routes have not come answers 404. */
    List<Rejection> applyRoutes(Collection<RouteConfigResource> changed, Collection<String> removed);

    List<Rejection> applyClusters(Collection<ClusterResource> changed, Collection<String> removed);

    /** EDS, keyed by {@link EndpointsResource#clusterName()}. Endpoints known before keep their state. */
    List<Rejection> applyEndpoints(Collection<EndpointsResource> changed, Collection<String> removed);

    /** SDS secrets; the proxy's own ({@code default}, {@code ROOTCA}) come from its identity instead. */
    List<Rejection> applySecrets(Collection<SecretResource> changed, Collection<String> removed);

    /** For admin, health checks and metrics. */
    List<ClusterView> clusters();

    /** The live clusters, for whoever sends requests of its own through them. */
    Clusters liveClusters();

    /** Bound listeners by name. */
    Map<String, InetSocketAddress> listeners();

    /** Connections of clients open now, at rest or at work. */
    int connections();

    /** How long there has been no connection of a client; zero while there is one. */
    Duration quiet();

    /**
     * Lame duck: every response says close, HTTP/2 gets GOAWAY; still accepts. Connections at rest close when the listener's drain time is over, or
     * at once when this is called again.
     */
    void startDraining();

    /** Exchanges and TCP connections open now. */
    int active();

    /** Stops accepting, closes what is idle, waits up to {@code grace} for the rest, then closes it all. */
    void shutdown(Duration grace);

    /** {@link #shutdown} with no grace. */
    @Override
    void close();
}
