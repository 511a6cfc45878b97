package io.weft.sidecar.listener;

import io.weft.sidecar.cluster.Clusters;
import io.weft.sidecar.http.FallThrough;
import io.weft.sidecar.http.HttpManager;
import io.weft.sidecar.http.Reporting;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.resource.MetadataExchangeResource;
import io.weft.sidecar.resource.NetworkFilterResource;
import io.weft.sidecar.resource.NetworkRbacResource;
import io.weft.sidecar.resource.ResourceException;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.TcpProxyResource;
import io.weft.sidecar.secret.TlsBinder;
import io.weft.sidecar.secret.TlsBinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Turns a listener resource into what serves it. HTTP managers of chains that stay are kept, so that their open connections follow. */
final class ListenerCompiler {
    private final EngineOptions options;
    private final Observation observation;
    private final Clusters clusters;
    private final TlsBinder tls;
    private final AtomicInteger exchanges;
    private final @Nullable FallThrough fallThrough;

    ListenerCompiler(
            EngineOptions options,
            Observation observation,
            Clusters clusters,
            TlsBinder tls,
            AtomicInteger exchanges,
            @Nullable FallThrough fallThrough) {
        this.options = options;
        this.observation = observation;
        this.clusters = clusters;
        this.tls = tls;
        this.exchanges = exchanges;
        this.fallThrough = fallThrough;
    }

    /** @throws ResourceException with the chain's name, when something does not compile */
    Compiled compile(ListenerResource resource, @Nullable ListenerState before, Map<String, RouteConfigResource> routes) {
        List<Runnable> updates = new ArrayList<>();
        List<Chain> chains = new ArrayList<>();
        Chain fallback = null;
        try {
            for (ListenerResource.FilterChain chain : resource.filterChains()) {
                chains.add(chain(resource, chain, before, routes, updates));
            }
            ListenerResource.FilterChain last = resource.defaultFilterChain();
            fallback = last == null ? null : chain(resource, last, before, routes, updates);
        } catch (RuntimeException e) {
            chains.forEach(Chain::close);
            throw e;
        }
        return new Compiled(new ListenerState(resource, chains, fallback), updates);
    }

    /** A state, and what must be run to put it in force in HTTP managers that stay: nothing has changed before. */
    record Compiled(ListenerState state, List<Runnable> updates) {}

    private Chain chain(
            ListenerResource listener,
            ListenerResource.FilterChain chain,
            @Nullable ListenerState before,
            Map<String, RouteConfigResource> routes,
            List<Runnable> updates) {
        List<NetworkRbac> rbac = new ArrayList<>();
        HttpManager http = null;
        TcpTail tcp = null;
        boolean exchanging = false;
        try {
            for (NetworkFilterResource filter : chain.filters()) {
                if (http != null || tcp != null) {
                    throw new ResourceException("filters: " + filter + " behind a terminal filter (expected: none)");
                }
                if (filter instanceof NetworkRbacResource rules) {
                    rbac.add(new NetworkRbac(rules, options.metrics()));
                } else if (filter instanceof MetadataExchangeResource) {
                    // for bytes; requests say it in headers
                    exchanging = true;
                } else if (filter instanceof TcpProxyResource proxy) {
                    tcp = options.tcp().tail(proxy, clusters, observation.tcp(listener, proxy, exchanging));
                } else if (filter instanceof HttpManagerResource manager) {
                    http = manager(listener, chain, manager, before, routes, updates);
                }
            }
            if (http == null && tcp == null) {
                throw new ResourceException("filters: no terminal filter (expected: http_connection_manager or tcp_proxy last)");
            }
            TlsBinding binding = chain.tls() == null ? null : tls.downstream(chain.tls());
            return new Chain(chain, binding, http, tcp, rbac);
        } catch (ResourceException e) {
            throw new ResourceException("listener " + listener.name() + ", filter chain " + chain.name() + ": " + e.getMessage(), e);
        }
    }

    private HttpManager manager(
            ListenerResource listener,
            ListenerResource.FilterChain chain,
            HttpManagerResource settings,
            @Nullable ListenerState before,
            Map<String, RouteConfigResource> routes,
            List<Runnable> updates) {
        RouteConfigResource table = settings.routeConfig() != null ? settings.routeConfig() : routes.get(settings.rdsName());
        Reporting reporting = observation.http(listener, settings);
        HttpManager kept = kept(before, chain.name());
        if (kept != null) {
            updates.add(kept.update(settings, listener.direction(), table, reporting));
            return kept;
        }
        HttpManager manager = new HttpManager(
                settings,
                listener.direction(),
                clusters,
                reporting,
                exchanges,
                fallThrough);
        manager.routes(table);
        return manager;
    }

    private static @Nullable HttpManager kept(@Nullable ListenerState before, String chain) {
        if (before == null) {
            return null;
        }
        for (Chain old : before.all()) {
            if (old.resource().name().equals(chain) && old.http() != null) {
                return old.http();
            }
        }
        return null;
    }

    /** Whether a route table compiles at all, before any listener is touched. */
    void check(RouteConfigResource table) {
        HttpManagerResource probe = HttpManagerResource.of("check", table, null, List.of());
        new HttpManager(
                        probe,
                        ListenerResource.Direction.UNSPECIFIED,
                        clusters,
                        observation.nothing(),
                        exchanges,
                        null)
                .routes(table);
    }

    void drain(ListenerState state) {
        for (Chain chain : state.all()) {
            if (chain.http() != null) {
                chain.http().drain();
            }
        }
    }
}
