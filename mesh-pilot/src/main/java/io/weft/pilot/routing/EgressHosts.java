package io.weft.pilot.routing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The {@code hosts} of a Sidecar's egress: {@code namespace/host}, with {@code *}, {@code .} and {@code ~} (none) as namespaces, and {@code ~namespace/host} to leave
 * one out again.
 */
public final class EgressHosts {

    /** Everything that is visible at all. */
    public static final EgressHosts ALL = new EgressHosts(List.of(new Entry("*", "*")), List.of());

    private final List<Entry> included;
    private final List<Entry> excluded;

    private EgressHosts(List<Entry> included, List<Entry> excluded) {
        this.included = List.copyOf(included);
        this.excluded = List.copyOf(excluded);
    }

    private record Entry(String namespace, String host) {

        boolean matches(String candidateNamespace, String candidateHost) {
            return (namespace.equals("*") || namespace.equals(candidateNamespace)) && HostNames.covers(host, candidateHost);
        }
    }

    /**
     * Reads the list.
     *
     * @param own namespace of the Sidecar's workload, for {@code ./host}
     */
    public static EgressHosts of(List<String> hosts, String own) {
        List<Entry> included = new ArrayList<>();
        List<Entry> excluded = new ArrayList<>();
        for (String host : hosts) {
            int slash = host.indexOf('/');
            String namespace = slash < 0 ? "*" : host.substring(0, slash);
            String name = host.substring(slash + 1).toLowerCase(Locale.ROOT);
            if (namespace.equals("~")) {
                continue;
            }
            if (namespace.startsWith("~")) {
                excluded.add(new Entry(namespace.substring(1), name));
            } else {
                included.add(new Entry(namespace.equals(".") ? own : namespace, name));
            }
        }
        return new EgressHosts(included, excluded);
    }

    /** Whether a host of an object in this namespace is among them. */
    public boolean contains(String namespace, String host) {
        return included.stream().anyMatch(entry -> entry.matches(namespace, host))
                && excluded.stream().noneMatch(entry -> entry.matches(namespace, host));
    }
}
