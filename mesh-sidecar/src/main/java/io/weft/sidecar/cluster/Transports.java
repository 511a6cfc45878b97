package io.weft.sidecar.cluster;

import io.netty.channel.EventLoop;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.ResourceException;
import io.weft.sidecar.resource.UpstreamTlsResource;
import io.weft.sidecar.secret.TlsBinder;
import io.weft.sidecar.secret.TlsBinding;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Which TLS an endpoint is reached with: the first transport match its metadata satisfies, else the cluster's own. */
final class Transports implements AutoCloseable {
    /** Bindings by endpoints' names that nobody may need any more, before they are looked for. */
    private static final int FEW = 256;
    /** Who has just asked for a binding has its context by then. */
    private static final long GRACE_SECONDS = 30;

    private final TlsBinder binder;
    private final ClusterResource resource;
    private final Supplier<List<Host>> inUse;
    private final Supplier<EventLoop> later;
    private final Set<String> fixed;
    private volatile int most = FEW;
    private final Map<String, TlsBinding> bindings = new ConcurrentHashMap<>();

    /**
     * @param inUse the endpoints there are: whose name no other has is forgotten with it
     * @param later where that is done, after a while
     * @throws ResourceException for TLS that cannot be served
     */
    Transports(ClusterResource resource, TlsBinder binder, Supplier<List<Host>> inUse, Supplier<EventLoop> later) {
        this.resource = resource;
        this.binder = binder;
        this.inUse = inUse;
        this.later = later;
        List<UpstreamTlsResource> all = new ArrayList<>();
        resource.transportMatches().forEach(match -> {
            if (match.tls() != null) {
                all.add(match.tls());
            }
        });
        if (resource.tls() != null) {
            all.add(resource.tls());
        }
        for (UpstreamTlsResource tls : all) {
            if (!tls.autoHostSni()) {
                bind(tls, tls.sni());
            }
        }
        fixed = Set.copyOf(bindings.keySet());
    }

    private TlsBinding bind(UpstreamTlsResource tls, String sni) {
        return bindings.computeIfAbsent(key(tls, sni), key -> binder.upstream(tls, sni));
    }

    private static String key(UpstreamTlsResource tls, String sni) {
        return System.identityHashCode(tls) + "/" + sni;
    }

    private static String name(EndpointsResource.Endpoint endpoint) {
        return endpoint.hostname().isEmpty() ? endpoint.address().host() : endpoint.hostname();
    }

    /** Null: plaintext. */
    @Nullable TlsBinding of(EndpointsResource.Endpoint endpoint) {
        UpstreamTlsResource tls = choose(endpoint);
        if (tls == null) {
            return null;
        }
        if (!tls.autoHostSni()) {
            return bind(tls, tls.sni());
        }
        TlsBinding binding = bind(tls, name(endpoint));
        if (bindings.size() > most) {
            forgetUnused(key(tls, name(endpoint)));
        }
        return binding;
    }

    /** Clients choose the names of a dynamic forward proxy, one after the other. */
    private synchronized void forgetUnused(String current) {
        if (bindings.size() <= most) {
            return;
        }
        Set<String> used = new HashSet<>(fixed);
        used.add(current);
        for (Host host : inUse.get()) {
            UpstreamTlsResource tls = choose(host.resource());
            if (tls != null && tls.autoHostSni()) {
                used.add(key(tls, name(host.resource())));
            }
        }
        List<TlsBinding> unused = new ArrayList<>();
        bindings.forEach((key, binding) -> {
            if (!used.contains(key) && bindings.remove(key, binding)) {
                unused.add(binding);
            }
        });
        most = 2 * bindings.size() + FEW;
        later.get().schedule(() -> unused.forEach(TlsBinding::close), GRACE_SECONDS, TimeUnit.SECONDS);
    }

    /** How many there are. */
    int size() {
        return bindings.size();
    }

    private @Nullable UpstreamTlsResource choose(EndpointsResource.Endpoint endpoint) {
        for (ClusterResource.TransportMatch match : resource.transportMatches()) {
            if (endpoint.transportMatch().entrySet().containsAll(match.match().entrySet())) {
                return match.tls();
            }
        }
        return resource.tls();
    }

    /** Whether requests to this cluster travel under TLS, when no endpoint says otherwise. */
    boolean tls() {
        return resource.tls() != null;
    }

    @Override
    public void close() {
        bindings.values().forEach(TlsBinding::close);
    }
}
