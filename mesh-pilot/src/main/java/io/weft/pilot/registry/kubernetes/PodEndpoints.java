package io.weft.pilot.registry.kubernetes;

import io.weft.pilot.model.MeshSettings;
import io.weft.pilot.model.Service;
import io.weft.pilot.model.cluster.Cluster;
import io.weft.pilot.model.cluster.EndpointSlice;
import io.weft.pilot.model.cluster.EndpointSlice.AddressType;
import io.weft.pilot.model.cluster.Pod;
import io.weft.pilot.registry.EndpointTls;
import io.weft.pilot.registry.MeshEndpoint;
import io.weft.pilot.registry.MeshService;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the cluster's EndpointSlices say about a Service, with what the pods behind them are. */
public final class PodEndpoints {

    /** The reference mesh's: {@code region.zone.subzone} where no node says it. */
    private static final String LOCALITY_LABEL = "istio-locality";

    private final MeshSettings settings;
    private final Cluster cluster;
    private final EndpointTls tls;

    public PodEndpoints(MeshSettings settings, Cluster cluster, EndpointTls tls) {
        this.settings = settings;
        this.cluster = cluster;
        this.tls = tls;
    }

    /**
     * Identities a server of the service may show: of the pods it selects, ready or not, so that the list does not change with each of them, and of those
     * in its slices.
     */
    public Set<String> accounts(Service service) {
        Set<String> accounts = new TreeSet<>();
        cluster.selected(service.namespace(), service.selector()).forEach(pod -> accounts.add(spiffeId(pod)));
        for (EndpointSlice slice : slices(service)) {
            for (EndpointSlice.Endpoint endpoint : slice.endpoints()) {
                cluster.pod(service.namespace(), endpoint.pod()).ifPresent(pod -> accounts.add(spiffeId(pod)));
            }
        }
        return accounts;
    }

    /** The endpoints of one of a service's ports. */
    public List<MeshEndpoint> of(Service service, MeshService.Port port) {
        List<MeshEndpoint> endpoints = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (EndpointSlice slice : slices(service)) {
            for (EndpointSlice.Port at : slice.ports()) {
                if (!at.name().equals(port.name())) {
                    continue;
                }
                for (EndpointSlice.Endpoint endpoint : slice.endpoints()) {
                    // While an address moves from one slice to another it may stand in both.
                    if (endpoint.ready() && isKnown(service, endpoint) && known.add(endpoint.address() + " " + at.number())) {
                        endpoints.add(endpoint(service, port, at.number(), endpoint));
                    }
                }
            }
        }
        return endpoints;
    }

    /** Slices may come before the pods they name: without a pod's labels and account requests to it would be plaintext, and of no subset. */
    private boolean isKnown(Service service, EndpointSlice.Endpoint endpoint) {
        return endpoint.pod().isEmpty() || cluster.pod(service.namespace(), endpoint.pod()).isPresent();
    }

    /** Of one address family, in a stable order: a pod of a dual-stack service is one endpoint. */
    private List<EndpointSlice> slices(Service service) {
        List<EndpointSlice> all = cluster.slices(service.namespace(), service.name());
        AddressType family = all.stream().anyMatch(slice -> slice.addressType() == AddressType.IPV4) ? AddressType.IPV4 : AddressType.IPV6;
        return all.stream()
                .filter(slice -> slice.addressType() == family)
                .sorted(Comparator.comparing(slice -> slice.id().name()))
                .toList();
    }

    private MeshEndpoint endpoint(Service service, MeshService.Port port, int number, EndpointSlice.Endpoint endpoint) {
        Pod pod = endpoint.pod().isEmpty() ? null : cluster.pod(service.namespace(), endpoint.pod()).orElse(null);
        Map<String, String> labels = pod == null ? Map.of() : pod.labels();
        return new MeshEndpoint(
                endpoint.address(),
                number,
                port.number(),
                labels,
                service.namespace(),
                pod == null ? "" : pod.serviceAccount(),
                pod == null ? null : spiffeId(pod),
                tls.of(service.namespace(), labels, number),
                locality(pod, endpoint),
                1,
                MeshEndpoint.Health.HEALTHY,
                "",
                pod == null ? "" : pod.workload());
    }

    private String locality(@Nullable Pod pod, EndpointSlice.Endpoint endpoint) {
        return pod == null ? cluster.locality(endpoint.node()) : locality(cluster, pod);
    }

    /** Where a pod is: what its label says, else its node. */
    static String locality(Cluster cluster, Pod pod) {
        String label = pod.labels().get(LOCALITY_LABEL);
        return label == null || label.isEmpty() ? cluster.locality(pod.node()) : label.replace('.', '/');
    }

    private String spiffeId(Pod pod) {
        return settings.spiffeId(pod.namespace(), pod.serviceAccount());
    }
}
