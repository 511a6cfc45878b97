package io.weft.sidecar.resource;

import java.util.List;

/** One route table: RDS, or inline in a connection manager. */
public record RouteConfigResource(
        String name,
        List<VirtualHostResource> virtualHosts,
        HeaderOperations requestHeaders,
        HeaderOperations responseHeaders,
        FilterOverrides overrides,
        boolean ignorePortInHostMatching,
        boolean mostSpecificHeaderMutationsWins) {
    public RouteConfigResource {
        virtualHosts = List.copyOf(virtualHosts);
    }

    public static RouteConfigResource of(String name, List<VirtualHostResource> hosts) {
        return new RouteConfigResource(
                name, hosts, HeaderOperations.NONE, HeaderOperations.NONE, FilterOverrides.NONE, false, false);
    }
}
