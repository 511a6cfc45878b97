package io.weft.sidecar.cluster;

import io.weft.sidecar.resource.EndpointsResource;
import java.net.InetSocketAddress;

/** An endpoint and its state. Thread-safe. */
public interface EndpointView {
    EndpointsResource.Endpoint resource();

    /** Where it is after DNS. */
    InetSocketAddress address();

    int priority();

    /** Chosen by the balancer when nothing panics. */
    boolean healthy();

    /** Result of an active health check; true until told otherwise. */
    void activeHealth(boolean healthy);

    boolean activelyHealthy();

    boolean ejected();

    int activeRequests();

    int activeConnections();

    long requests();

    long errors();
}
