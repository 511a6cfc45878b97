package io.weft.pilot.registry;

import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.Protocol;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One host name of a v1 Service or a ServiceEntry.
 *
 * @param meta of the object it comes from: labels, creation time, kind and name
 * @param hostname lower-case and fully qualified; a ServiceEntry's may be a wildcard ({@code *.example.com})
 * @param external outside the mesh (MESH_EXTERNAL, {@code ExternalName})
 * @param addresses virtual addresses or CIDRs; empty on a laptop
 * @param exportTo namespaces that see it, {@code .} for its own, {@code *} or empty for all
 * @param accounts identities a server of this service may show: its workloads' SPIFFE ids, those of WorkloadGroups it
 *     selects, and a ServiceEntry's {@code subjectAltNames}; sorted
 */
public record MeshService(
        ObjectMeta meta,
        String hostname,
        List<Port> ports,
        Resolution resolution,
        boolean external,
        List<String> addresses,
        List<String> exportTo,
        Set<String> accounts) {

    public MeshService {
        ports = List.copyOf(ports);
        addresses = List.copyOf(addresses);
        exportTo = List.copyOf(exportTo);
        accounts = Collections.unmodifiableSet(new TreeSet<>(accounts));
    }

    public ServiceKey key() {
        return new ServiceKey(hostname, meta.namespace());
    }

    public String namespace() {
        return meta.namespace();
    }

    public Optional<Port> port(int number) {
        return ports.stream().filter(port -> port.number() == number).findFirst();
    }

    /** Whether workloads of that namespace may see it. */
    public boolean visibleTo(String clientNamespace) {
        if (exportTo.isEmpty()) {
            return true;
        }
        for (String target : exportTo) {
            boolean own = target.equals(".") && clientNamespace.equals(namespace());
            if (own || target.equals("*") || target.equals(clientNamespace)) {
                return true;
            }
        }
        return false;
    }

    /**
     * @param name empty when a Service's only port has none
     * @param targetPort the workloads' (container) port, or null when only a name is known
     * @param targetPortName the workloads' port by name, or null
     */
    public record Port(
            String name, int number, @Nullable Integer targetPort, @Nullable String targetPortName, Protocol protocol) {}

    /** How endpoints are found. */
    public enum Resolution {
        /** From the mesh's own endpoints (EDS). */
        STATIC,
        /** Every address of the endpoints' DNS names (STRICT_DNS). */
        DNS,
        /** One address at a time (LOGICAL_DNS). */
        DNS_ROUND_ROBIN,
        /** The address the client connected to. */
        NONE,
        /** The request's host, resolved when asked. */
        DYNAMIC_DNS
    }
}
