package io.weft.sidecar.layer;

import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.HttpManagerResource.NamedHttpFilter;
import io.weft.sidecar.resource.NetworkFilterResource;
import io.weft.sidecar.resource.RbacResource;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.RouteResource.Forward;
import io.weft.sidecar.resource.RouteResource.Match;
import io.weft.sidecar.resource.VirtualHostResource;
import java.util.List;

/** One protocol with an application that speaks it behind the engine, and callers with certificates of their own before it. */
interface Wire extends AutoCloseable {
    /** What a filter chain does for this application under {@code rules}. */
    List<NetworkFilterResource> filters(RbacResource rules);

    /** False: refused as this protocol refuses, and not in another way. */
    boolean passes(int port, Ask ask) throws Exception;

    /** How often the application has been asked. */
    int reached();

    /** The counter of what policy refused. */
    String denied();

    static List<NetworkFilterResource> http(RbacResource rules, String cluster) {
        RouteConfigResource routes = RouteConfigResource.of(
                cluster, List.of(VirtualHostResource.of("all", List.of("*"), List.of(RouteResource.of("r", Match.prefix("/"), Forward.to(cluster))))));
        return List.of(HttpManagerResource.of(cluster, routes, null, List.of(new NamedHttpFilter("rbac", rules, false))));
    }
}
