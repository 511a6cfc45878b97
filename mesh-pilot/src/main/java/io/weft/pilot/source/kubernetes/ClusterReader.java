package io.weft.pilot.source.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.weft.pilot.model.cluster.EndpointSlice;
import io.weft.pilot.model.cluster.Node;
import io.weft.pilot.model.cluster.Pod;
import io.weft.pilot.model.cluster.ResourceName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Kubernetes' own kinds as far as the mesh looks at them. What is missing or has another form counts as not said: the API server has checked it. */
final class ClusterReader {

    private static final String SERVICE_LABEL = "kubernetes.io/service-name";
    private static final String REGION = "topology.kubernetes.io/region";
    private static final String ZONE = "topology.kubernetes.io/zone";
    private static final String SUBZONE = "topology.istio.io/subzone";
    private static final String TEMPLATE_HASH = "pod-template-hash";

    private ClusterReader() {}

    static ResourceName name(GenericKubernetesResource resource) {
        ObjectMeta meta = resource.getMetadata();
        return new ResourceName(Objects.requireNonNullElse(meta.getNamespace(), ""), meta.getName());
    }

    static Map<String, String> labels(GenericKubernetesResource resource) {
        return Objects.requireNonNullElse(resource.getMetadata().getLabels(), Map.of());
    }

    static Pod pod(GenericKubernetesResource resource) {
        String account = text(resource.get("spec", "serviceAccountName"));
        return new Pod(
                name(resource),
                labels(resource),
                account.isEmpty() ? "default" : account,
                text(resource.get("spec", "nodeName")),
                workload(resource));
    }

    /** What made the pod; of a Deployment's pod the owner is a ReplicaSet, named after the Deployment and the template's hash. */
    private static String workload(GenericKubernetesResource resource) {
        ObjectMeta meta = resource.getMetadata();
        List<OwnerReference> owners = Objects.requireNonNullElse(meta.getOwnerReferences(), List.of());
        for (OwnerReference owner : owners) {
            if (!Boolean.TRUE.equals(owner.getController())) {
                continue;
            }
            String hash = "-" + labels(resource).getOrDefault(TEMPLATE_HASH, "");
            boolean replica = "ReplicaSet".equals(owner.getKind()) && hash.length() > 1 && owner.getName().endsWith(hash);
            return replica ? owner.getName().substring(0, owner.getName().length() - hash.length()) : owner.getName();
        }
        return meta.getName();
    }

    /** Null for a slice that is no Service's. */
    static @Nullable EndpointSlice slice(GenericKubernetesResource resource) {
        String service = labels(resource).getOrDefault(SERVICE_LABEL, "");
        if (service.isEmpty()) {
            return null;
        }
        List<EndpointSlice.Port> ports = new ArrayList<>();
        for (Map<?, ?> port : maps(resource.getAdditionalProperties().get("ports"))) {
            // A port without number stands for all of them: there is nothing to connect to.
            if (port.get("port") instanceof Number number) {
                ports.add(new EndpointSlice.Port(text(port.get("name")), number.intValue()));
            }
        }
        List<EndpointSlice.Endpoint> endpoints = new ArrayList<>();
        for (Map<?, ?> endpoint : maps(resource.getAdditionalProperties().get("endpoints"))) {
            // All addresses of an endpoint are the same; consumers take the first.
            if (endpoint.get("addresses") instanceof List<?> addresses && !addresses.isEmpty()) {
                endpoints.add(endpoint(text(addresses.get(0)), endpoint));
            }
        }
        return new EndpointSlice(name(resource), service, type(text(resource.getAdditionalProperties().get("addressType"))), ports, endpoints);
    }

    private static EndpointSlice.AddressType type(String name) {
        return switch (name) {
            case "IPv4" -> EndpointSlice.AddressType.IPV4;
            case "IPv6" -> EndpointSlice.AddressType.IPV6;
            default -> EndpointSlice.AddressType.OTHER;
        };
    }

    private static EndpointSlice.Endpoint endpoint(String address, Map<?, ?> fields) {
        boolean notReady = fields.get("conditions") instanceof Map<?, ?> conditions && Boolean.FALSE.equals(conditions.get("ready"));
        boolean isPod = fields.get("targetRef") instanceof Map<?, ?> target && "Pod".equals(target.get("kind"));
        String pod = isPod ? text(((Map<?, ?>) Objects.requireNonNull(fields.get("targetRef"))).get("name")) : "";
        return new EndpointSlice.Endpoint(address, !notReady, pod, text(fields.get("nodeName")));
    }

    static Node node(GenericKubernetesResource resource) {
        Map<String, String> labels = labels(resource);
        String region = labels.getOrDefault(REGION, "");
        String path = region + "/" + labels.getOrDefault(ZONE, "") + "/" + labels.getOrDefault(SUBZONE, "");
        return new Node(resource.getMetadata().getName(), region.isEmpty() ? "" : path);
    }

    private static String text(@Nullable Object value) {
        return value instanceof String text ? text : "";
    }

    private static List<Map<?, ?>> maps(@Nullable Object value) {
        List<Map<?, ?>> maps = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object element : list) {
                if (element instanceof Map<?, ?> map) {
                    maps.add(map);
                }
            }
        }
        return maps;
    }
}
