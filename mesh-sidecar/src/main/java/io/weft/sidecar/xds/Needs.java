package io.weft.sidecar.xds;

import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.DownstreamTlsResource;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.resource.NetworkFilterResource;
import io.weft.sidecar.resource.TlsCommon;
import io.weft.sidecar.resource.UpstreamTlsResource;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Names of the resources that a cluster or a listener cannot work without. */
record Needs(Set<String> endpoints, Set<String> routes, Set<String> secrets) {
    static final Needs NOTHING = new Needs(Set.of(), Set.of(), Set.of());

    static Needs of(ClusterResource cluster, Set<String> staticSecrets) {
        Set<String> secrets = new HashSet<>();
        add(secrets, cluster.tls());
        cluster.transportMatches().forEach(match -> add(secrets, match.tls()));
        secrets.removeAll(staticSecrets);
        Set<String> endpoints =
                cluster.type() == ClusterResource.Type.EDS ? Set.of(cluster.edsName()) : Set.<String>of();
        return new Needs(endpoints, Set.of(), secrets);
    }

    static Needs of(ListenerResource listener, Set<String> staticSecrets) {
        Set<String> secrets = new HashSet<>();
        Set<String> routes = new HashSet<>();
        listener.filterChains().forEach(chain -> add(secrets, routes, chain));
        if (listener.defaultFilterChain() != null) {
            add(secrets, routes, listener.defaultFilterChain());
        }
        secrets.removeAll(staticSecrets);
        return new Needs(Set.of(), routes, secrets);
    }

    private static void add(Set<String> secrets, Set<String> routes, ListenerResource.FilterChain chain) {
        DownstreamTlsResource tls = chain.tls();
        if (tls != null) {
            add(secrets, tls.common());
        }
        for (NetworkFilterResource filter : chain.filters()) {
            if (filter instanceof HttpManagerResource manager && manager.rdsName() != null) {
                routes.add(manager.rdsName());
            }
        }
    }

    private static void add(Set<String> secrets, @Nullable UpstreamTlsResource tls) {
        if (tls != null) {
            add(secrets, tls.common());
        }
    }

    private static void add(Set<String> secrets, TlsCommon common) {
        add(secrets, common.certificate());
        if (common.validation() != null) {
            add(secrets, common.validation().trust());
        }
    }

    private static void add(Set<String> secrets, TlsCommon.@Nullable SecretRef ref) {
        if (ref != null && !ref.own() && !ref.inlined()) {
            secrets.add(ref.name());
        }
    }
}
