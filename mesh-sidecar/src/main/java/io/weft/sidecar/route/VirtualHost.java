package io.weft.sidecar.route;

import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.VirtualHostResource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One compiled virtual host. */
public final class VirtualHost<P> {
    private final VirtualHostResource resource;
    private final List<Route<P>> routes;
    private final PathIndex<P> index;

    VirtualHost(VirtualHostResource resource, List<Route<P>> routes) {
        this.resource = resource;
        this.routes = List.copyOf(routes);
        this.index = new PathIndex<>(this.routes);
    }

    public VirtualHostResource resource() {
        return resource;
    }

    public List<Route<P>> routes() {
        return routes;
    }

    /** The first route in rule order that matches. */
    public @Nullable Route<P> route(RequestHead head, RoutePath target, LoopState loop) {
        return index.find(head, target, loop);
    }
}
