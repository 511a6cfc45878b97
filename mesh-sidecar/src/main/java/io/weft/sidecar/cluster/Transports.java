package io.weft.sidecar.cluster;

import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.ResourceException;
import io.weft.sidecar.resource.UpstreamTlsResource;
import io.weft.sidecar.secret.TlsBinder;
import io.weft.sidecar.secret.TlsBinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Which TLS an endpoint is reached with: the first transport match its metadata satisfies, else the cluster's own. */
final class Transports implements AutoCloseable {
    private final TlsBinder binder;
    private final ClusterResource resource;
    private final Map<String, TlsBinding> bindings = new ConcurrentHashMap<>();

    /** @throws ResourceException for TLS that cannot be served */
    Transports(ClusterResource resource, TlsBinder binder) {
        this.resource = resource;
        this.binder = binder;
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
    }

    private TlsBinding bind(UpstreamTlsResource tls, String sni) {
        return bindings.computeIfAbsent(System.identityHashCode(tls) + "/" + sni, key -> binder.upstream(tls, sni));
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
        return bind(tls, endpoint.hostname().isEmpty() ? endpoint.address().host() : endpoint.hostname());
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
