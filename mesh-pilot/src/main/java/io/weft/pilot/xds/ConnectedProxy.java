package io.weft.pilot.xds;

import io.weft.pilot.generate.Proxy;
import io.weft.pilot.generate.WorkloadIdentity;
import io.weft.pilot.model.SpringRoute;
import io.weft.pilot.registry.spring.KnownGateway;
import io.weft.pilot.registry.spring.KnownGateways;
import io.weft.pilot.registry.spring.SpringCatalog;
import io.weft.pilot.registry.workload.Registration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The proxy at a stream's other end, from its first request until it is gone. Confined to its connection's loop. */
final class ConnectedProxy {

    /** Of the node the id only: what else it says is in the proxy, and it may be large. */
    private final String nodeId;

    private final @Nullable Registration registration;
    private final @Nullable BoundPod pod;
    private Proxy proxy;
    private Runnable gatewayGone = () -> {};
    private String health = "";

    ConnectedProxy(String nodeId, NodeReader.Reading reading) {
        this.nodeId = nodeId;
        this.registration = reading.registration();
        this.pod = reading.pod();
        this.proxy = reading.proxy();
    }

    String nodeId() {
        return nodeId;
    }

    /** A gateway that takes SpringRoutes: from now on they are checked against what it has. */
    void announceTo(KnownGateways gateways) {
        SpringCatalog catalog = proxy.spring();
        if (catalog == null || !proxy.extensions().contains(SpringRoute.EXTENSION)) {
            return;
        }
        gatewayGone = gateways.connected(
                new KnownGateway(proxy.namespace(), proxy.workload(), proxy.isGateway(), proxy.labels(), catalog));
    }

    /** As it is now. @param feed has to keep nothing for what it was */
    Proxy current(SnapshotFeed feed) {
        if (pod == null) {
            return proxy;
        }
        Proxy now = pod.current(proxy);
        if (!now.equals(proxy)) {
            feed.forget(proxy);
            proxy = now;
        }
        return now;
    }

    /** What it found out about its app. @param problem what is wrong; null when healthy */
    void health(@Nullable String problem) {
        health = problem == null ? "healthy" : "unhealthy: " + problem;
        if (registration != null) {
            registration.health(problem == null, problem);
        }
    }

    ProxyStatus status(Caller caller, Instant connectedAt, boolean delta, List<TypeStatus> resources) {
        WorkloadIdentity identity = caller.identity();
        return new ProxyStatus(
                nodeId,
                identity == null ? null : identity.uri(),
                caller.expires(),
                proxy.isGateway() ? "router" : "sidecar",
                proxy.namespace(),
                proxy.workload(),
                connectedAt,
                caller.address(),
                delta ? "delta" : "sotw",
                registration == null ? null : registration.entry(),
                health.isEmpty() ? null : health,
                resources);
    }

    /** It is gone. */
    void release(SnapshotFeed feed) {
        if (registration != null) {
            registration.release();
        }
        gatewayGone.run();
        feed.forget(proxy);
    }
}
