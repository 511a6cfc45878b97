package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code RouteConfiguration} → {@link RouteConfigResource}. */
final class RouteConfigParser {
    private static final int ENVOY_MAX_BODY = 4096;
    private static final int MAX_BODY = 1024 * 1024;
    private static final Fields CONFIG = Fields.of(
                    RouteConfiguration.getDescriptor(),
                    "name",
                    "virtual_hosts",
                    "request_headers_to_add",
                    "request_headers_to_remove",
                    "response_headers_to_add",
                    "response_headers_to_remove",
                    "most_specific_header_mutations_wins",
                    "max_direct_response_body_size_bytes",
                    "ignore_port_in_host_matching",
                    "typed_per_filter_config")
            .ignore("only names statistics and logs", "metadata")
            .ignore("a cluster may come after its route; until then the route answers as its cluster_not_found_response_code says", "validate_clusters");
    private static final Fields HOST = Fields.of(
                    VirtualHost.getDescriptor(),
                    "name",
                    "domains",
                    "routes",
                    "require_tls",
                    "request_headers_to_add",
                    "request_headers_to_remove",
                    "response_headers_to_add",
                    "response_headers_to_remove",
                    "typed_per_filter_config",
                    "include_request_attempt_count",
                    "retry_policy",
                    "request_mirror_policies")
            .ignore("only names statistics and logs", "metadata", "virtual_clusters")
            .ignore("what is kept for a retry is bounded by the engine", "per_request_buffer_limit_bytes");

    private final DataSources sources;

    RouteConfigParser(DataSources sources) {
        this.sources = sources;
    }

    RouteConfigResource parse(Where where, RouteConfiguration config) {
        CONFIG.check(where, config);
        int maxBody = config.hasMaxDirectResponseBodySizeBytes()
                ? Math.min(MAX_BODY, Values.uint(config.getMaxDirectResponseBodySizeBytes()))
                : ENVOY_MAX_BODY;
        RouteParser routes = new RouteParser(sources, maxBody);
        Map<String, String> domains = new HashMap<>();
        List<VirtualHostResource> hosts = new ArrayList<>(config.getVirtualHostsCount());
        for (int i = 0; i < config.getVirtualHostsCount(); i++) {
            Where at = where.item("virtual_hosts", i);
            VirtualHostResource host = host(at, config.getVirtualHosts(i), routes);
            for (String domain : host.domains()) {
                String other = domains.putIfAbsent(domain.toLowerCase(Locale.ROOT), host.name());
                if (other != null) {
                    // Envoy: "Only unique values for domains are permitted".
                    throw at.refuse("domains", domain, "a domain that " + other + " does not have");
                }
            }
            hosts.add(host);
        }
        return new RouteConfigResource(
                config.getName(),
                hosts,
                HeaderOperationsParser.parse(
                        where, "request_headers", config.getRequestHeadersToAddList(), config.getRequestHeadersToRemoveList()),
                HeaderOperationsParser.parse(
                        where, "response_headers", config.getResponseHeadersToAddList(), config.getResponseHeadersToRemoveList()),
                HttpFilterParser.overrides(where, config.getTypedPerFilterConfigMap()),
                config.getIgnorePortInHostMatching(),
                config.getMostSpecificHeaderMutationsWins());
    }

    private static VirtualHostResource host(Where where, VirtualHost host, RouteParser parser) {
        HOST.check(where, host);
        if (host.getDomainsCount() == 0) {
            throw where.refuse("no domains (expected: at least one)");
        }
        for (int i = 0; i < host.getDomainsCount(); i++) {
            domain(where.item("domains", i), host.getDomains(i));
        }
        List<RouteResource> routes = new ArrayList<>(host.getRoutesCount());
        for (int i = 0; i < host.getRoutesCount(); i++) {
            routes.add(parser.parse(where.item("routes", i), host.getRoutes(i)));
        }
        return new VirtualHostResource(
                host.getName(),
                host.getDomainsList(),
                routes,
                HeaderOperationsParser.parse(
                        where, "request_headers", host.getRequestHeadersToAddList(), host.getRequestHeadersToRemoveList()),
                HeaderOperationsParser.parse(
                        where, "response_headers", host.getResponseHeadersToAddList(), host.getResponseHeadersToRemoveList()),
                host.hasRetryPolicy() ? RetryPolicyParser.parse(where.field("retry_policy"), host.getRetryPolicy()) : null,
                MirrorParser.parse(where, host.getRequestMirrorPoliciesList()),
                HttpFilterParser.overrides(where, host.getTypedPerFilterConfigMap()),
                requireTls(where, host),
                host.getIncludeRequestAttemptCount());
    }

    private static void domain(Where where, String domain) {
        int star = domain.indexOf('*');
        boolean inside = star > 0 && star < domain.length() - 1;
        if (domain.isEmpty() || inside || star != domain.lastIndexOf('*')) {
            throw where.refuse("\"" + domain + "\" (expected: a name, *suffix, prefix* or *)");
        }
    }

    private static VirtualHostResource.RequireTls requireTls(Where where, VirtualHost host) {
        switch (host.getRequireTls()) {
            case NONE:
                return VirtualHostResource.RequireTls.NONE;
            case EXTERNAL_ONLY:
                return VirtualHostResource.RequireTls.EXTERNAL_ONLY;
            case ALL:
                return VirtualHostResource.RequireTls.ALL;
            default:
                throw where.refuse("require_tls", host.getRequireTlsValue(), "NONE, EXTERNAL_ONLY or ALL");
        }
    }
}
