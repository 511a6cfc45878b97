package io.weft.ca.authority;

import java.util.List;

/**
 * The names a leaf certificate is issued for.
 *
 * @param id its one URI
 * @param dnsNames more names, only for servers of the control plane
 * @param addresses IP addresses, only for servers of the control plane
 */
public record Subject(SpiffeId id, List<String> dnsNames, List<String> addresses) {

    public Subject {
        dnsNames = List.copyOf(dnsNames);
        addresses = List.copyOf(addresses);
    }

    /** A workload: its SPIFFE id and nothing else. */
    public static Subject workload(SpiffeId id) {
        return new Subject(id, List.of(), List.of());
    }
}
