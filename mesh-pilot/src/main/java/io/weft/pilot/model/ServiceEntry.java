package io.weft.pilot.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A service the mesh is told about.
 *
 * @param location unset is MESH_EXTERNAL
 * @param resolution unset is NONE
 * @param workloadSelector labels of WorkloadEntries in its namespace; null when it has none; excludes {@code endpoints}
 */
public record ServiceEntry(
        ObjectMeta meta,
        List<String> hosts,
        List<String> addresses,
        List<Port> ports,
        @Nullable Location location,
        @Nullable Resolution resolution,
        List<WorkloadSpec> endpoints,
        @Nullable Map<String, String> workloadSelector,
        List<String> exportTo,
        List<String> subjectAltNames)
        implements ConfigObject {

    public ServiceEntry {
        hosts = List.copyOf(hosts);
        addresses = List.copyOf(addresses);
        ports = List.copyOf(ports);
        endpoints = List.copyOf(endpoints);
        workloadSelector = workloadSelector == null ? null : Copies.ordered(workloadSelector);
        exportTo = List.copyOf(exportTo);
        subjectAltNames = List.copyOf(subjectAltNames);
    }

    @Override
    public ServiceEntry withMeta(ObjectMeta newMeta) {
        return new ServiceEntry(
                newMeta,
                hosts,
                addresses,
                ports,
                location,
                resolution,
                endpoints,
                workloadSelector,
                exportTo,
                subjectAltNames);
    }

    public record Port(int number, String name, Protocol protocol, @Nullable Integer targetPort) {}

    public enum Location {
        MESH_EXTERNAL,
        MESH_INTERNAL
    }

    public enum Resolution {
        NONE,
        STATIC,
        DNS,
        DNS_ROUND_ROBIN,
        DYNAMIC_DNS
    }
}
