package io.weft.sidecar.admin;

import io.weft.sidecar.cluster.ClusterView;
import io.weft.sidecar.cluster.EndpointView;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.NetAddress;
import java.net.InetSocketAddress;
import java.util.Comparator;
import java.util.List;

/** {@code /clusters} in Envoy's text form, one fact a line. */
final class ClusterPage {
    private ClusterPage() {}

    static String text(List<ClusterView> clusters) {
        StringBuilder out = new StringBuilder();
        clusters.stream()
                .sorted(Comparator.comparing(view -> view.resource().name()))
                .forEach(view -> cluster(out, view));
        return out.toString();
    }

    private static void cluster(StringBuilder out, ClusterView view) {
        ClusterResource resource = view.resource();
        String name = resource.name();
        line(out, name, "observability_name", name);
        ClusterResource.CircuitBreakers limits = resource.circuitBreakers();
        line(out, name, "default_priority::max_connections", limits.maxConnections());
        line(out, name, "default_priority::max_pending_requests", limits.maxPendingRequests());
        line(out, name, "default_priority::max_requests", limits.maxRequests());
        line(out, name, "default_priority::max_retries", limits.maxRetries());
        for (EndpointView endpoint : view.endpoints()) {
            endpoint(out, name, endpoint);
        }
    }

    private static void endpoint(StringBuilder out, String cluster, EndpointView endpoint) {
        String at = cluster + "::" + address(endpoint);
        line(out, at, "cx_active", endpoint.activeConnections());
        line(out, at, "rq_active", endpoint.activeRequests());
        line(out, at, "rq_total", endpoint.requests());
        line(out, at, "rq_error", endpoint.errors());
        line(out, at, "hostname", endpoint.resource().hostname());
        line(out, at, "health_flags", flags(endpoint));
        line(out, at, "weight", endpoint.resource().weight());
        line(out, at, "priority", endpoint.priority());
    }

    private static String address(EndpointView endpoint) {
        InetSocketAddress address = endpoint.address();
        return address.getAddress() == null
                ? endpoint.resource().address().toString()
                : new NetAddress(address.getAddress().getHostAddress(), address.getPort()).toString();
    }

    private static String flags(EndpointView endpoint) {
        StringBuilder flags = new StringBuilder();
        if (!endpoint.activelyHealthy()) {
            flags.append("/failed_active_hc");
        }
        if (endpoint.ejected()) {
            flags.append("/failed_outlier_check");
        }
        if (flags.length() == 0 && !endpoint.healthy()) {
            flags.append("/failed_eds_health");
        }
        return flags.length() == 0 ? "healthy" : flags.toString();
    }

    private static void line(StringBuilder out, String subject, String fact, Object value) {
        out.append(subject).append("::").append(fact).append("::").append(value).append('\n');
    }
}
