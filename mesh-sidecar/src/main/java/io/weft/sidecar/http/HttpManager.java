package io.weft.sidecar.http;

import io.netty.util.AsciiString;
import io.weft.sidecar.cluster.Clusters;
import io.weft.sidecar.layer.Layer;
import io.weft.sidecar.layer.Layers;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.observe.trace.Tracer;
import io.weft.sidecar.resource.HttpFilterResource;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.VirtualHostResource;
import io.weft.sidecar.route.RedirectPlan;
import io.weft.sidecar.route.RouteTable;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The live HTTP connection manager of one filter chain: settings, layers and routes behind one volatile read each. Its routes are compiled for
 * it, because they are compiled together with its filters.
 */
public final class HttpManager implements HttpService {
    private final Clusters clusters;
    private final @Nullable FallThrough fallThrough;
    private final AtomicInteger active;
    private volatile Live live;
    private volatile @Nullable RouteTable<RoutePlan> routes;
    private volatile boolean draining;

    /**
     * @param fallThrough who gets requests without a route; null: they are answered 404
     * @param active exchanges open, over the whole engine
     */
    public HttpManager(
            HttpManagerResource settings,
            ListenerResource.Direction direction,
            Clusters clusters,
            Reporting reporting,
            AtomicInteger active,
            @Nullable FallThrough fallThrough) {
        this.clusters = clusters;
        this.active = active;
        this.fallThrough = fallThrough;
        this.live = new Live(settings, direction, reporting);
    }

    /** Compiles and puts in force; what was in force stays when it does not compile. */
    public void routes(@Nullable RouteConfigResource table) {
        Live now = live;
        routes = table == null ? null : new RouteTable<>(table, (config, host, route) -> plan(now, config, host, route));
    }

    /**
     * Compiles new settings, for connections that are open, too. Nothing changes until the result is run, and nothing at all when it does not
     * compile.
     */
    public Runnable update(
            HttpManagerResource settings,
            ListenerResource.Direction direction,
            @Nullable RouteConfigResource table,
            Reporting reporting) {
        Live next = new Live(settings, direction, reporting);
        RouteTable<RoutePlan> compiled =
                table == null ? null : new RouteTable<>(table, (config, host, route) -> plan(next, config, host, route));
        return () -> {
            live = next;
            routes = compiled;
        };
    }

    public @Nullable String rdsName() {
        return live.settings.rdsName();
    }

    private RoutePlan plan(Live now, RouteConfigResource table, VirtualHostResource host, RouteResource route) {
        List<Layer> layers = Layers.of(now.settings.filters(), List.of(route.overrides(), host.overrides(), table.overrides()), now.metrics.engine());
        RouteResource.Action action = route.action();
        ForwardPlan forward = action instanceof RouteResource.Forward f
                ? new ForwardPlan(route.match(), f, host, table, route, clusters, now.settings.streamIdleTimeout().toMillis())
                : null;
        ForwardPlan.Destination edits = ForwardPlan.Destination.edits(null, route, host, table);
        return new RoutePlan(
                host,
                route,
                layers.toArray(Layer[]::new),
                edits.requestEdits(),
                edits.responseEdits(),
                forward,
                action instanceof RouteResource.Redirect r ? new RedirectPlan(route.match(), r) : null,
                action instanceof RouteResource.DirectResponse d ? d : null);
    }

    @Override
    public @Nullable RequestEvents begin(Downstream downstream, RequestHead head, boolean end) {
        Exchange exchange = new Exchange(this, live, routes, downstream, head, end);
        return exchange.start() ? exchange : null;
    }

    @Override
    public HttpManagerResource settings() {
        return live.settings;
    }

    @Override
    public boolean draining() {
        return draining;
    }

    public void drain() {
        draining = true;
    }

    /** The second half of a request that went on and comes back. */
    Exchange second(Exchange before, Downstream downstream, RequestHead head, boolean end) {
        return new Exchange(this, before.live, routes, downstream, head, end);
    }

    @Nullable FallThrough fallThrough() {
        return fallThrough;
    }

    Clusters clusters() {
        return clusters;
    }

    AtomicInteger active() {
        return active;
    }

    /** What was compiled from the manager's own settings. */
    static final class Live {
        final HttpManagerResource settings;
        final ListenerResource.Direction direction;
        final List<RequestObserver> observers;
        final RequestMetrics metrics;
        final @Nullable Tracer tracer;
        final HeaderTrust trust;
        final PathNormalizer paths;
        final Layer[] layers;
        final @Nullable AsciiString server;
        final boolean serverIfAbsent;
        final boolean dropUnderscores;
        final boolean refuseUnderscores;
        final boolean serviceTime;
        final long requestMillis;
        final long maxStreamMillis;

        Live(HttpManagerResource settings, ListenerResource.Direction direction, Reporting reporting) {
            this.observers = reporting.observers();
            this.metrics = reporting.metrics();
            this.tracer = reporting.tracer();
            this.settings = settings;
            this.direction = direction;
            this.trust = new HeaderTrust(settings, direction, reporting.peers());
            this.paths = new PathNormalizer(settings.pathNormalization());
            this.layers = Layers.of(settings.filters(), List.of(), metrics.engine()).toArray(Layer[]::new);
            this.server = settings.serverHeader() == HttpManagerResource.ServerHeader.PASS_THROUGH
                    ? null
                    : AsciiString.cached(settings.serverName());
            this.serverIfAbsent = settings.serverHeader() == HttpManagerResource.ServerHeader.APPEND_IF_ABSENT;
            this.dropUnderscores = settings.underscoreHeaders() == HttpManagerResource.UnderscoreHeaders.DROP_HEADER;
            this.refuseUnderscores = settings.underscoreHeaders() == HttpManagerResource.UnderscoreHeaders.REJECT_REQUEST;
            this.requestMillis = settings.requestTimeout().toMillis();
            this.maxStreamMillis = settings.maxStreamDuration().toMillis();
            boolean suppressed = false;
            for (HttpManagerResource.NamedHttpFilter filter : settings.filters()) {
                suppressed |= filter.config() instanceof HttpFilterResource.Router router && router.suppressEnvoyHeaders();
            }
            this.serviceTime = !suppressed;
        }
    }
}
