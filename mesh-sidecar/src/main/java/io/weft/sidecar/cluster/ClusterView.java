package io.weft.sidecar.cluster;

import io.weft.sidecar.resource.ClusterResource;
import java.util.List;

/** A cluster as admin pages and health checkers see it. */
public interface ClusterView {
    ClusterResource resource();

    /** Resolved endpoints of all priorities. */
    List<EndpointView> endpoints();
}
