package io.weft.pilot.generate;

import io.weft.pilot.generate.ServedPorts.Served;
import io.weft.pilot.model.Protocol;
import io.weft.pilot.model.WorkloadGroup;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.registry.entry.PortProtocol;
import io.weft.pilot.state.MeshState;
import java.util.Map;
import java.util.Optional;

/** What a workload's own ports are, seen from the services that select it. */
public final class WorkloadPorts {

    private final MeshState state;
    private final ServedPorts served;
    private final Proxy proxy;

    public WorkloadPorts(MeshState state, ServedPorts served, Proxy proxy) {
        this.state = state;
        this.served = served;
        this.proxy = proxy;
    }

    /** The oldest service with an endpoint at this workload's port, else the oldest that would have one. */
    public Optional<Served> service(int workloadPort, int inboundPort) {
        return served.find(proxy.namespace(), inboundPort, proxy.labels()).or(() -> byTarget(workloadPort));
    }

    private Optional<Served> byTarget(int workloadPort) {
        for (MeshService service : state.services()) {
            if (!service.namespace().equals(proxy.namespace()) || !selects(service)) {
                continue;
            }
            for (MeshService.Port port : service.ports()) {
                Integer target = port.targetPort();
                boolean named = port.targetPortName() != null && portOf(port.targetPortName()) == workloadPort;
                boolean numbered = target != null ? target == workloadPort : port.targetPortName() == null && port.number() == workloadPort;
                if (named || numbered) {
                    return Optional.of(new Served(service, port));
                }
            }
        }
        return Optional.empty();
    }

    private boolean selects(MeshService service) {
        return state.get(io.weft.pilot.model.Service.class, service.namespace(), service.meta().name())
                .filter(object -> object.meta().kind() == service.meta().kind())
                .filter(object -> !object.selector().isEmpty())
                .map(object -> proxy.labels().entrySet().containsAll(object.selector().entrySet()))
                .orElse(false);
    }

    /** The protocol: a service's, else by the name that the workload group gives the port. */
    public Protocol protocol(int workloadPort, int inboundPort) {
        return service(workloadPort, inboundPort)
                .map(found -> found.port().protocol())
                .orElseGet(() -> byGroupName(workloadPort));
    }

    private Protocol byGroupName(int workloadPort) {
        return group().flatMap(group -> group.template().ports().entrySet().stream()
                        .filter(port -> port.getValue() == workloadPort)
                        .map(Map.Entry::getKey)
                        .findFirst())
                .map(name -> PortProtocol.of(name, workloadPort))
                .orElseGet(() -> PortProtocol.of(null, workloadPort));
    }

    private int portOf(String name) {
        return group().map(group -> group.template().ports().get(name)).orElse(0);
    }

    /** The group it registered into. */
    public Optional<WorkloadGroup> group() {
        String name = proxy.group();
        return name == null ? Optional.empty() : state.get(WorkloadGroup.class, proxy.namespace(), name);
    }
}
