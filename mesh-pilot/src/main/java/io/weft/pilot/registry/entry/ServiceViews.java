package io.weft.pilot.registry.entry;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.MeshSettings;
import io.weft.pilot.model.ObjectKey;
import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.PeerAuthentication;
import io.weft.pilot.model.Service;
import io.weft.pilot.model.ServiceEntry;
import io.weft.pilot.model.WorkloadEntry;
import io.weft.pilot.model.WorkloadGroup;
import io.weft.pilot.model.cluster.Cluster;
import io.weft.pilot.registry.EndpointTls;
import io.weft.pilot.registry.MeshEndpoint;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.registry.MtlsModes;
import io.weft.pilot.registry.ServiceKey;
import io.weft.pilot.registry.ServiceView;
import io.weft.pilot.registry.kubernetes.PodEndpoints;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes the view of services and endpoints from configuration objects. */
public final class ServiceViews {

    private ServiceViews() {}

    /**
     * Resolves every selector once.
     *
     * @param reports registered workloads' own reports of their health
     * @param cluster pods and addresses behind Services
     */
    public static ServiceView of(
            MeshSettings settings,
            Collection<? extends ConfigObject> objects,
            Map<ObjectKey, Boolean> reports,
            Cluster cluster) {
        EndpointTls tls = new EndpointTls(new MtlsModes(ofType(objects, PeerAuthentication.class), settings.rootNamespace()));
        PodEndpoints pods = new PodEndpoints(settings, cluster, tls);
        Workloads workloads = new Workloads(
                settings, ofType(objects, WorkloadEntry.class), ofType(objects, WorkloadGroup.class), reports, tls);
        List<MeshService> services = new ArrayList<>();
        Map<ServiceKey, Map<Integer, List<MeshEndpoint>>> endpoints = new HashMap<>();
        for (Service service : ofType(objects, Service.class)) {
            MeshService made = KubernetesService.of(service, settings, workloads, pods);
            services.add(made);
            endpoints.put(made.key(), KubernetesService.endpoints(service, made, workloads, pods));
        }
        for (ServiceEntry entry : ofType(objects, ServiceEntry.class)) {
            for (MeshService made : EntryService.of(entry, workloads)) {
                services.add(made);
                // Two entries of one host in one namespace: the older is the service.
                endpoints.putIfAbsent(made.key(), EntryService.endpoints(entry, made, workloads));
            }
        }
        services.sort(Comparator.comparing(MeshService::meta, ObjectMeta.OLDEST_FIRST));
        return new ServiceView(services, endpoints);
    }

    private static <T extends ConfigObject> List<T> ofType(
            Collection<? extends ConfigObject> objects, Class<T> type) {
        return objects.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .sorted(Comparator.comparing(ConfigObject::meta, ObjectMeta.OLDEST_FIRST))
                .toList();
    }
}
