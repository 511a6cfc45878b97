package io.weft.pilot.model;

import java.util.List;

/**
 * Routing rules of one or several hosts.
 *
 * @param gateways empty means {@code mesh}, every sidecar
 * @param exportTo empty means every namespace
 */
public record VirtualService(
        ObjectMeta meta,
        List<String> hosts,
        List<String> gateways,
        List<HttpRoute> http,
        List<TlsRoute> tls,
        List<TcpRoute> tcp,
        List<String> exportTo)
        implements ConfigObject {

    public VirtualService {
        hosts = List.copyOf(hosts);
        gateways = List.copyOf(gateways);
        http = List.copyOf(http);
        tls = List.copyOf(tls);
        tcp = List.copyOf(tcp);
        exportTo = List.copyOf(exportTo);
    }

    @Override
    public VirtualService withMeta(ObjectMeta newMeta) {
        return new VirtualService(newMeta, hosts, gateways, http, tls, tcp, exportTo);
    }
}
