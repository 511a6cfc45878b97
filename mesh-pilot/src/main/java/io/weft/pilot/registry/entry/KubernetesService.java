package io.weft.pilot.registry.entry;

import io.weft.pilot.model.MeshSettings;
import io.weft.pilot.model.Protocol;
import io.weft.pilot.model.Service;
import io.weft.pilot.model.WorkloadEntry;
import io.weft.pilot.model.WorkloadGroup;
import io.weft.pilot.model.WorkloadSpec;
import io.weft.pilot.registry.MeshEndpoint;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.registry.kubernetes.PodEndpoints;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A v1 Service whose endpoints are the WorkloadEntries it selects, and the pods in its EndpointSlices. */
final class KubernetesService {

    private static final String EXPORT_TO = "networking.istio.io/exportTo";

    private KubernetesService() {}

    static MeshService of(Service service, MeshSettings settings, Workloads workloads, PodEndpoints pods) {
        boolean external = service.externalName() != null;
        List<MeshService.Port> ports = new ArrayList<>();
        for (Service.Port port : service.ports()) {
            Protocol protocol = PortProtocol.of(port);
            if (protocol != Protocol.UDP) {
                String name = port.name() == null ? "" : port.name();
                Integer target = port.targetPort() == null && port.targetPortName() == null
                        ? Integer.valueOf(port.port())
                        : port.targetPort();
                ports.add(new MeshService.Port(name, port.port(), target, port.targetPortName(), protocol));
            }
        }
        Set<String> accounts = new TreeSet<>(pods.accounts(service));
        accounts.addAll(workloads.accounts(service.namespace(), service.selector()));
        return new MeshService(
                service.meta(),
                settings.serviceHost(service.name(), service.namespace()),
                ports,
                external ? MeshService.Resolution.DNS : MeshService.Resolution.STATIC,
                external,
                service.clusterIps(),
                exportTo(service),
                accounts);
    }

    private static List<String> exportTo(Service service) {
        String targets = service.meta().annotations().get(EXPORT_TO);
        List<String> result = new ArrayList<>();
        if (targets != null) {
            for (String target : targets.split(",")) {
                if (!target.isBlank()) {
                    result.add(target.strip());
                }
            }
        }
        return result;
    }

    static Map<Integer, List<MeshEndpoint>> endpoints(Service service, MeshService made, Workloads workloads, PodEndpoints pods) {
        Map<Integer, List<MeshEndpoint>> endpoints = new HashMap<>();
        List<WorkloadEntry> selected = workloads.selected(service.namespace(), service.selector());
        for (MeshService.Port port : made.ports()) {
            List<MeshEndpoint> list = new ArrayList<>();
            for (WorkloadEntry entry : selected) {
                Integer target = target(entry, port, workloads.group(entry));
                if (target != null) {
                    list.add(workloads.endpoint(entry, target, port.number()));
                }
            }
            if (service.externalName() != null) {
                list.add(external(service, port, workloads));
            } else {
                list.addAll(pods.of(service, port));
            }
            endpoints.put(port.number(), List.copyOf(list));
        }
        return Map.copyOf(endpoints);
    }

    private static MeshEndpoint external(Service service, MeshService.Port port, Workloads workloads) {
        WorkloadSpec spec = new WorkloadSpec(service.externalName(), Map.of(), Map.of(), null, null, null, null);
        int target = port.targetPort() == null ? port.number() : port.targetPort();
        return workloads.endpoint(
                spec,
                service.namespace(),
                service.name(),
                Map.of(),
                MeshEndpoint.Health.HEALTHY,
                target,
                port.number());
    }

    /**
     * Where a workload serves a service's port: its port of the service port's name or of the target's name; else the port
     * whose number in its group is the target, because a registered workload's numbers are its sidecar's; else the target
     * itself. Null when the target is a name the workload does not have.
     */
    static @Nullable Integer target(WorkloadEntry entry, MeshService.Port port, @Nullable WorkloadGroup group) {
        Map<String, Integer> ports = entry.spec().ports();
        Integer byNumber = group == null || port.targetPort() == null ? null : announced(ports, port.targetPort(), group);
        if (byNumber != null) {
            return byNumber;
        }
        Integer byName = ports.get(port.name());
        if (byName != null) {
            return byName;
        }
        String targetName = port.targetPortName();
        if (targetName != null) {
            return ports.get(targetName);
        }
        // A registered workload is reached through its sidecar or not at all.
        return group == null ? port.targetPort() : null;
    }

    private static @Nullable Integer announced(Map<String, Integer> ports, int target, WorkloadGroup group) {
        for (Map.Entry<String, Integer> port : group.template().ports().entrySet()) {
            if (port.getValue() == target) {
                return ports.get(port.getKey());
            }
        }
        return null;
    }
}
