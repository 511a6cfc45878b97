package io.weft.sidecar.route;

import io.weft.sidecar.message.Hosts;
import io.weft.sidecar.resource.ResourceException;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.VirtualHostResource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A compiled {@link RouteConfigResource}; immutable. Hosts are looked up as Envoy does: exact, longest {@code *.suffix}, longest
 * {@code prefix.*}, {@code *}; lower-cased; a domain without port matches a host without it.
 */
public final class RouteTable<P> {
    private final RouteConfigResource resource;
    private final Map<String, VirtualHost<P>> exact = new HashMap<>();
    private final Map<String, VirtualHost<P>> suffixes = new HashMap<>();
    private final Map<String, VirtualHost<P>> prefixes = new HashMap<>();
    private final int[] suffixLengths;
    private final int[] prefixLengths;
    private final boolean ignorePort;
    private @Nullable VirtualHost<P> any;

    /**
     * Compiles.
     *
     * @param planner makes what is done for a route of a virtual host
     * @throws ResourceException when something does not compile, or two hosts have one domain; names the place
     */
    public RouteTable(RouteConfigResource resource, Planner<P> planner) {
        this.resource = resource;
        this.ignorePort = resource.ignorePortInHostMatching();
        for (VirtualHostResource host : resource.virtualHosts()) {
            VirtualHost<P> compiled = compile(host, planner);
            for (String domain : host.domains()) {
                put(domain.toLowerCase(Locale.ROOT), compiled);
            }
        }
        this.suffixLengths = lengths(suffixes);
        this.prefixLengths = lengths(prefixes);
    }

    private VirtualHost<P> compile(VirtualHostResource host, Planner<P> planner) {
        List<Route<P>> routes = new ArrayList<>(host.routes().size());
        for (RouteResource route : host.routes()) {
            try {
                routes.add(new Route<>(route, planner.plan(resource, host, route)));
            } catch (ResourceException e) {
                throw new ResourceException("route config " + resource.name() + ", virtual host " + host.name() + ", route "
                        + routes.size() + " (" + route.name() + "): " + e.getMessage(), e);
            }
        }
        return new VirtualHost<>(host, routes);
    }

    private void put(String domain, VirtualHost<P> host) {
        VirtualHost<P> before;
        if (domain.equals("*")) {
            before = any;
            any = host;
        } else if (domain.startsWith("*")) {
            before = suffixes.put(domain.substring(1), host);
        } else if (domain.endsWith("*")) {
            before = prefixes.put(domain.substring(0, domain.length() - 1), host);
        } else {
            before = exact.put(domain, host);
        }
        if (before != null) {
            throw new ResourceException("route config " + resource.name() + ": domain " + domain + " in " + before.resource().name()
                    + " and " + host.resource().name() + " (expected: once)");
        }
    }

    private int[] lengths(Map<String, VirtualHost<P>> wildcards) {
        int[] ascending = wildcards.keySet().stream().mapToInt(String::length).distinct().sorted().toArray();
        int[] descending = new int[ascending.length];
        for (int i = 0; i < ascending.length; i++) {
            descending[i] = ascending[ascending.length - 1 - i];
        }
        return descending;
    }

    public RouteConfigResource resource() {
        return resource;
    }

    /** The virtual host of a {@code Host} as it was sent. */
    public @Nullable VirtualHost<P> host(String authority) {
        VirtualHost<P> host = exact.get(authority);
        if (host != null) {
            return host;
        }
        String lower = ignorePort ? Hosts.withoutPort(Hosts.lower(authority)) : Hosts.lower(authority);
        host = exact.get(lower);
        for (int i = 0; host == null && i < suffixLengths.length; i++) {
            if (lower.length() > suffixLengths[i]) {
                host = suffixes.get(lower.substring(lower.length() - suffixLengths[i]));
            }
        }
        for (int i = 0; host == null && i < prefixLengths.length; i++) {
            if (lower.length() > prefixLengths[i]) {
                host = prefixes.get(lower.substring(0, prefixLengths[i]));
            }
        }
        return host != null ? host : any;
    }

    public Collection<VirtualHostResource> virtualHosts() {
        return resource.virtualHosts();
    }

    /** Makes what is done for a route. */
    @FunctionalInterface
    public interface Planner<P> {
        P plan(RouteConfigResource table, VirtualHostResource host, RouteResource route);
    }
}
