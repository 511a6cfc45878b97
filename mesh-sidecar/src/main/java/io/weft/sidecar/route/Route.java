package io.weft.sidecar.route;

import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.resource.RouteResource;
import org.jspecify.annotations.Nullable;

/**
 * One compiled route.
 *
 * @param <P> what is done with a request that matches; the http room's business
 */
public final class Route<P> {
    private final RouteResource resource;
    private final P plan;
    private final PathMatcher path;
    private final HeaderMatcher[] headers;
    private final QueryMatcher[] query;
    private final boolean grpcOnly;
    private final @Nullable Share share;

    Route(RouteResource resource, P plan) {
        RouteResource.Match match = resource.match();
        this.resource = resource;
        this.plan = plan;
        this.path = PathMatcher.of(match);
        this.headers = HeaderMatcher.all(match.headers()).toArray(HeaderMatcher[]::new);
        this.query = match.query().stream().map(QueryMatcher::new).toArray(QueryMatcher[]::new);
        this.grpcOnly = match.grpcOnly();
        this.share = match.runtimeFraction() == null ? null : new Share(match.runtimeFraction());
    }

    public RouteResource resource() {
        return resource;
    }

    public P plan() {
        return plan;
    }

    PathMatcher path() {
        return path;
    }

    boolean matches(RequestHead head, RoutePath target, LoopState loop) {
        if (!path.matches(target.path(), head) || !HeaderMatcher.allMatch(headers, head)) {
            return false;
        }
        for (QueryMatcher matcher : query) {
            if (!matcher.matches(target.query())) {
                return false;
            }
        }
        if (grpcOnly && !Grpc.isRequest(head)) {
            return false;
        }
        Share fraction = share;
        return fraction == null || fraction.hit(loop);
    }
}
