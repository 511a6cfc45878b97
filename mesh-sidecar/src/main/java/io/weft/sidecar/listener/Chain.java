package io.weft.sidecar.listener;

import io.weft.sidecar.http.HttpManager;
import io.weft.sidecar.layer.rbac.AddressRange;
import io.weft.sidecar.resource.CidrRange;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.secret.TlsBinding;
import io.weft.sidecar.tls.PeerIdentity;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A compiled filter chain: when it is meant, and what it does. */
final class Chain {
    private final ListenerResource.FilterChain resource;
    private final AddressRange[] destinations;
    private final AddressRange[] directSources;
    private final AddressRange[] sources;
    private final @Nullable TlsBinding tls;
    private final @Nullable HttpManager http;
    private final @Nullable TcpTail tcp;
    private final NetworkRbac[] rbac;

    Chain(
            ListenerResource.FilterChain resource,
            @Nullable TlsBinding tls,
            @Nullable HttpManager http,
            @Nullable TcpTail tcp,
            List<NetworkRbac> rbac) {
        ListenerResource.FilterChainMatch match = resource.match();
        this.resource = resource;
        this.destinations = ranges(match.prefixRanges());
        this.directSources = ranges(match.directSourcePrefixRanges());
        this.sources = ranges(match.sourcePrefixRanges());
        this.tls = tls;
        this.http = http;
        this.tcp = tcp;
        this.rbac = rbac.toArray(NetworkRbac[]::new);
    }

    private static AddressRange[] ranges(List<CidrRange> ranges) {
        return ranges.stream().map(AddressRange::new).toArray(AddressRange[]::new);
    }

    ListenerResource.FilterChain resource() {
        return resource;
    }

    @Nullable TlsBinding tls() {
        return tls;
    }

    @Nullable HttpManager http() {
        return http;
    }

    @Nullable TcpTail tcp() {
        return tcp;
    }

    boolean allows(Arrival arrival, @Nullable PeerIdentity peer) {
        for (NetworkRbac rules : rbac) {
            if (!rules.allows(arrival, peer)) {
                return false;
            }
        }
        return true;
    }

    void close() {
        if (tls != null) {
            tls.close();
        }
    }

    /**
     * How well this chain fits, -1: not at all. Criteria count in Envoy's order (destination port, destination, server name, transport
     * protocol, application protocol, sources), so that one digit group each makes the comparison lexicographic.
     */
    long fit(Arrival arrival) {
        ListenerResource.FilterChainMatch match = resource.match();
        long port = match.destinationPort() == 0 ? 0 : match.destinationPort() == arrival.local().getPort() ? 1 : -1;
        long destination = within(match.prefixRanges(), destinations, arrival.local().getAddress());
        long name = serverName(match.serverNames(), arrival.hello().serverName());
        String kind = arrival.tls() ? "tls" : "raw_buffer";
        long transport = match.transportProtocol().isEmpty() ? 0 : match.transportProtocol().equals(kind) ? 1 : -1;
        long protocol = protocol(match.applicationProtocols(), arrival.hello().protocols());
        long direct = within(match.directSourcePrefixRanges(), directSources, arrival.directRemote().getAddress());
        long source = within(match.sourcePrefixRanges(), sources, arrival.remote().getAddress());
        long sourcePort = match.sourcePorts().isEmpty() ? 0 : match.sourcePorts().contains(arrival.remote().getPort()) ? 1 : -1;
        if ((port | destination | name | transport | protocol | direct | source | sourcePort) < 0) {
            return -1;
        }
        return ((((((port << 8 | destination) << 9 | name) << 1 | transport) << 1 | protocol) << 8 | direct) << 8 | source) << 1
                | sourcePort;
    }

    /** One more than the length of the longest prefix; 0 when any will do. */
    private static long within(List<CidrRange> said, AddressRange[] ranges, InetAddress address) {
        if (ranges.length == 0) {
            return 0;
        }
        long best = -1;
        for (int i = 0; i < ranges.length; i++) {
            if (ranges[i].contains(address)) {
                best = Math.max(best, said.get(i).prefixLength() + 1L);
            }
        }
        return best;
    }

    /** Exact before the longest suffix before none. */
    private static long serverName(List<String> wanted, String name) {
        if (wanted.isEmpty()) {
            return 0;
        }
        long best = -1;
        for (String pattern : wanted) {
            if (pattern.equals(name)) {
                return 511;
            }
            if (pattern.startsWith("*.") && name.endsWith(pattern.substring(1)) && name.length() > pattern.length() - 1) {
                best = Math.max(best, Math.min(510, pattern.length()));
            }
        }
        return best;
    }

    private static long protocol(List<String> wanted, List<String> offered) {
        if (wanted.isEmpty()) {
            return 0;
        }
        for (String protocol : offered) {
            if (wanted.contains(protocol)) {
                return 1;
            }
        }
        return -1;
    }
}
