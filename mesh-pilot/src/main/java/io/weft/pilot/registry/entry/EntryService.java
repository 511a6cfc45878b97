package io.weft.pilot.registry.entry;

import io.weft.pilot.model.Protocol;
import io.weft.pilot.model.ServiceEntry;
import io.weft.pilot.model.WorkloadEntry;
import io.weft.pilot.model.WorkloadGroup;
import io.weft.pilot.model.WorkloadSpec;
import io.weft.pilot.registry.MeshEndpoint;
import io.weft.pilot.registry.MeshService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A ServiceEntry: one service per host. */
final class EntryService {

    private EntryService() {}

    static List<MeshService> of(ServiceEntry entry, Workloads workloads) {
        List<MeshService.Port> ports = new ArrayList<>();
        for (ServiceEntry.Port port : entry.ports()) {
            if (port.protocol() != Protocol.UDP) {
                Integer target = port.targetPort() == null ? Integer.valueOf(port.number()) : port.targetPort();
                ports.add(new MeshService.Port(port.name(), port.number(), target, null, port.protocol()));
            }
        }
        List<MeshService> services = new ArrayList<>();
        for (String host : entry.hosts()) {
            services.add(new MeshService(
                    entry.meta(),
                    host.toLowerCase(Locale.ROOT),
                    ports,
                    resolution(entry),
                    entry.location() != ServiceEntry.Location.MESH_INTERNAL,
                    entry.addresses(),
                    entry.exportTo(),
                    accounts(entry, workloads)));
        }
        return services;
    }

    private static MeshService.Resolution resolution(ServiceEntry entry) {
        ServiceEntry.Resolution resolution = entry.resolution();
        return resolution == null
                ? MeshService.Resolution.NONE
                : MeshService.Resolution.valueOf(resolution.name());
    }

    private static Set<String> accounts(ServiceEntry entry, Workloads workloads) {
        Set<String> accounts = new TreeSet<>(entry.subjectAltNames());
        if (entry.workloadSelector() != null) {
            accounts.addAll(workloads.accounts(entry.namespace(), entry.workloadSelector()));
        }
        for (WorkloadSpec spec : entry.endpoints()) {
            String id = workloads.spiffeId(entry.namespace(), spec);
            if (id != null) {
                accounts.add(id);
            }
        }
        return accounts;
    }

    static Map<Integer, List<MeshEndpoint>> endpoints(ServiceEntry entry, MeshService made, Workloads workloads) {
        Map<Integer, List<MeshEndpoint>> endpoints = new HashMap<>();
        for (MeshService.Port port : made.ports()) {
            List<MeshEndpoint> list = new ArrayList<>();
            for (WorkloadSpec spec : written(entry, made)) {
                list.add(workloads.endpoint(
                        spec,
                        entry.namespace(),
                        made.external() ? "" : entry.name(),
                        spec.labels(),
                        MeshEndpoint.Health.HEALTHY,
                        target(spec, port),
                        port.number()));
            }
            if (entry.workloadSelector() != null) {
                for (WorkloadEntry selected : workloads.selected(entry.namespace(), entry.workloadSelector())) {
                    Integer target = target(selected, port, workloads.group(selected));
                    if (target != null) {
                        list.add(workloads.endpoint(selected, target, port.number()));
                    }
                }
            }
            endpoints.put(port.number(), List.copyOf(list));
        }
        return Map.copyOf(endpoints);
    }

    /** Its endpoints; under DNS resolution without any, the host itself. */
    private static List<WorkloadSpec> written(ServiceEntry entry, MeshService made) {
        boolean dns = made.resolution() == MeshService.Resolution.DNS
                || made.resolution() == MeshService.Resolution.DNS_ROUND_ROBIN;
        if (dns && entry.endpoints().isEmpty() && entry.workloadSelector() == null) {
            return List.of(new WorkloadSpec(made.hostname(), Map.of(), Map.of(), null, null, null, null));
        }
        return entry.endpoints();
    }

    private static int target(WorkloadSpec spec, MeshService.Port port) {
        Integer byName = spec.ports().get(port.name());
        if (byName != null) {
            return byName;
        }
        return port.targetPort() == null ? port.number() : port.targetPort();
    }

    private static @Nullable Integer target(
            WorkloadEntry entry, MeshService.Port port, @Nullable WorkloadGroup group) {
        return KubernetesService.target(entry, port, group);
    }
}
