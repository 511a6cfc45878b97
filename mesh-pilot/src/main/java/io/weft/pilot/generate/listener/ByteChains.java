package io.weft.pilot.generate.listener;

import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the filter chains of one listener match: no two alike, because Envoy would refuse both. The first keeps what it has taken; of destination subnets that
 * overlap the narrower one is meant, as in Envoy.
 */
final class ByteChains {

    private static final List<String> ANY = List.of("");

    private final Set<String> taken = new HashSet<>();

    /** Bytes that nobody looks at; empty when nothing of it is free. */
    Optional<FilterChainMatch> plain(List<String> subnets, boolean besideTls) {
        List<String> free = free("", subnets);
        if (free.isEmpty()) {
            return Optional.empty();
        }
        FilterChainMatch.Builder match = FilterChainMatch.newBuilder();
        if (besideTls) {
            match.setTransportProtocol("raw_buffer");
        }
        return Optional.of(within(match, free).build());
    }

    /** Matches for TLS with these server names ({@code *}: any); several, when some names are taken for some of the subnets only. */
    List<FilterChainMatch> tls(List<String> sniHosts, List<String> subnets) {
        List<String> names = sniHosts.contains("*") ? List.of("*") : sniHosts;
        List<FilterChainMatch> matches = new ArrayList<>();
        for (String subnet : subnets.isEmpty() ? ANY : subnets) {
            List<String> free = names.stream().filter(name -> taken.add(name + " " + key(subnet))).toList();
            if (!free.isEmpty()) {
                FilterChainMatch.Builder match = FilterChainMatch.newBuilder().setTransportProtocol("tls");
                free.stream().filter(name -> !name.equals("*")).forEach(match::addServerNames);
                matches.add(within(match, List.of(subnet)).build());
            }
        }
        return matches;
    }

    private List<String> free(String name, List<String> subnets) {
        return (subnets.isEmpty() ? ANY : subnets).stream().filter(subnet -> taken.add(name + " " + key(subnet))).toList();
    }

    private static FilterChainMatch.Builder within(FilterChainMatch.Builder match, List<String> subnets) {
        subnets.stream().filter(subnet -> !subnet.isEmpty()).map(Principals::cidr).forEach(match::addPrefixRanges);
        return match;
    }

    private static String key(String subnet) {
        if (subnet.isEmpty()) {
            return "";
        }
        CidrRange range = Principals.cidr(subnet);
        return range.getAddressPrefix() + "/" + range.getPrefixLen().getValue();
    }
}
