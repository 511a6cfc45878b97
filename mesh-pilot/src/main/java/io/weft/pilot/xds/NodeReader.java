package io.weft.pilot.xds;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Locality;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Status;
import io.weft.pilot.generate.InboundPort;
import io.weft.pilot.generate.Proxy;
import io.weft.pilot.generate.WorkloadIdentity;
import io.weft.pilot.registry.kubernetes.Pods;
import io.weft.pilot.registry.workload.Registration;
import io.weft.pilot.registry.workload.RegistrationRefused;
import io.weft.pilot.registry.workload.RegistrationRequest;
import io.weft.pilot.registry.workload.WorkloadRegistrar;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a node's metadata (docs/contracts.md, "ADS"). What the stream's identity says wins; a claim that contradicts it is refused.
 */
final class NodeReader {

    private static final int MAX_ENTRIES = 256;
    private static final int MAX_STRING = 512;

    private final WorkloadRegistrar registrar;
    private final Pods pods;

    NodeReader(WorkloadRegistrar registrar, Pods pods) {
        this.registrar = registrar;
        this.pods = pods;
    }

    /** @param pod the pod it is in; null for a workload that registers, for nobody, and where nothing is known of pods */
    record Reading(Proxy proxy, @Nullable Registration registration, @Nullable MetricsTarget metrics, @Nullable BoundPod pod) {}

    Reading read(Node node, @Nullable WorkloadIdentity identity) {
        Map<String, Value> metadata = node.getMetadata().getFieldsMap();
        NodeId id = NodeId.parse(node.getId());
        String namespace = namespace(metadata, id, identity);
        refuseOtherAccount(metadata, identity);
        Map<String, String> labels = labels(metadata);
        SortedMap<Integer, InboundPort> inbound = inboundPorts(metadata);
        String group = text(metadata, "AUTO_REGISTER_GROUP");
        SortedMap<Integer, Integer> gateway = gatewayPorts(metadata);
        Registration registration =
                group.isEmpty() ? null : register(identity, group, id, labels, bound(id, inbound, gateway));
        BoundPod pod = group.isEmpty() ? pod(metadata, id, identity, node.getLocality()) : null;
        Proxy proxy = new Proxy(
                id.role(),
                namespace,
                identity,
                registration == null ? labels : registration.labels(),
                firstOf(text(metadata, "WORKLOAD_NAME"), text(metadata, "NAME"), id.workload()),
                id.bindAddress(),
                inbound,
                port("WEFT_PROXY_PORT", metadata.get("WEFT_PROXY_PORT")),
                gateway,
                registration == null ? null : group,
                extensions(metadata),
                locality(node.getLocality()),
                SpringCatalogReader.read(metadata));
        Proxy bound = pod == null ? proxy : pod.current(proxy);
        return new Reading(
                bound, registration, MetricsTarget.of(bound, id, text(metadata, "WEFT_METRICS")).orElse(null), pod);
    }

    /**
     * Nobody is in a pod by saying so: only an identity that is the pod's service account is. Where there are pods, whoever is in none is a workload that
     * registers; anybody else could say that it is a gateway.
     */
    private @Nullable BoundPod pod(Map<String, Value> metadata, NodeId id, @Nullable WorkloadIdentity identity, Locality locality) {
        if (identity == null || !pods.isKnown()) {
            return null;
        }
        String claimed = text(metadata, "POD_NAMESPACE");
        if (!claimed.isEmpty() && !claimed.equals(identity.namespace())) {
            throw denied("POD_NAMESPACE: " + claimed + " (expected: " + identity.namespace() + ", as the stream's identity says)");
        }
        return BoundPod.of(pods, identity, firstOf(text(metadata, "POD_NAME"), id.workload()), locality.getRegion().isEmpty());
    }

    private static String locality(Locality locality) {
        String path = locality.getRegion() + "/" + locality.getZone() + "/" + locality.getSubZone();
        if (path.length() > MAX_STRING) {
            throw new AdsRefused(
                    Status.Code.INVALID_ARGUMENT, "node.locality: " + path.length() + " characters (expected: <= " + MAX_STRING + ")");
        }
        return locality.getRegion().isEmpty() ? "" : path;
    }

    private Registration register(
            @Nullable WorkloadIdentity identity,
            String group,
            NodeId id,
            Map<String, String> labels,
            SortedMap<Integer, Integer> bound) {
        if (identity == null) {
            throw denied("AUTO_REGISTER_GROUP: " + group + " (expected: none on the plaintext port, where nobody is known)");
        }
        try {
            return registrar.register(
                    new RegistrationRequest(identity.namespace(), identity.account(), group, id.ip(), labels, bound));
        } catch (RegistrationRefused refused) {
            throw denied(refused.getMessage());
        }
    }

    /** A gateway is reached at the ports it has bound for its servers. */
    private static SortedMap<Integer, Integer> bound(
            NodeId id, SortedMap<Integer, InboundPort> inbound, SortedMap<Integer, Integer> gateway) {
        SortedMap<Integer, Integer> bound = new TreeMap<>();
        if (id.role() == Proxy.Role.ROUTER) {
            bound.putAll(gateway);
        }
        inbound.forEach((port, at) -> bound.put(port, at.inbound()));
        return bound;
    }

    private static String namespace(Map<String, Value> metadata, NodeId id, @Nullable WorkloadIdentity identity) {
        String claimed = text(metadata, "NAMESPACE");
        if (identity == null) {
            return firstOf(claimed, id.namespace(), "default");
        }
        if (!claimed.isEmpty() && !claimed.equals(identity.namespace())) {
            throw denied("NAMESPACE: " + claimed + " (expected: " + identity.namespace() + ", as the stream's identity says)");
        }
        if (!id.namespace().isEmpty() && !id.namespace().equals(identity.namespace())) {
            throw denied("node.id: namespace " + id.namespace() + " (expected: " + identity.namespace()
                    + ", as the stream's identity says)");
        }
        return identity.namespace();
    }

    private static void refuseOtherAccount(Map<String, Value> metadata, @Nullable WorkloadIdentity identity) {
        String claimed = text(metadata, "SERVICE_ACCOUNT");
        if (identity != null && !claimed.isEmpty() && !claimed.equals(identity.account())) {
            throw denied("SERVICE_ACCOUNT: " + claimed + " (expected: " + identity.account() + ", as the stream's identity says)");
        }
    }

    private static Map<String, String> labels(Map<String, Value> metadata) {
        Map<String, String> labels = new HashMap<>();
        struct(metadata, "LABELS").forEach((key, value) -> labels.put(key, string("LABELS." + key, value)));
        return labels;
    }

    private static SortedMap<Integer, InboundPort> inboundPorts(Map<String, Value> metadata) {
        SortedMap<Integer, InboundPort> ports = new TreeMap<>();
        struct(metadata, "WEFT_INBOUND_PORTS").forEach((key, value) -> {
            String field = "WEFT_INBOUND_PORTS." + key;
            Map<String, Value> pair = value.getStructValue().getFieldsMap();
            int inbound = requiredPort(field + ".inbound", pair.get("inbound"));
            int app = requiredPort(field + ".app", pair.get("app"));
            ports.put(key(field, key), new InboundPort(inbound, app));
        });
        return ports;
    }

    private static SortedMap<Integer, Integer> gatewayPorts(Map<String, Value> metadata) {
        SortedMap<Integer, Integer> ports = new TreeMap<>();
        struct(metadata, "WEFT_GATEWAY_PORTS").forEach((key, value) -> {
            String field = "WEFT_GATEWAY_PORTS." + key;
            ports.put(key(field, key), requiredPort(field, value));
        });
        return ports;
    }

    private static Set<String> extensions(Map<String, Value> metadata) {
        Set<String> extensions = new HashSet<>();
        Value value = metadata.get("WEFT_EXTENSIONS");
        if (value != null) {
            for (Value extension : value.getListValue().getValuesList()) {
                extensions.add(string("WEFT_EXTENSIONS", extension));
                bounded("WEFT_EXTENSIONS", extensions.size());
            }
        }
        return extensions;
    }

    private static Map<String, Value> struct(Map<String, Value> metadata, String field) {
        Value value = metadata.get(field);
        if (value == null) {
            return Map.of();
        }
        if (!value.hasStructValue()) {
            throw invalid(field + ": " + value.getKindCase() + " (expected: a struct)");
        }
        Struct struct = value.getStructValue();
        bounded(field, struct.getFieldsCount());
        return struct.getFieldsMap();
    }

    private static void bounded(String field, int count) {
        if (count > MAX_ENTRIES) {
            throw invalid(field + ": " + count + " entries (expected: <= " + MAX_ENTRIES + ")");
        }
    }

    private static String text(Map<String, Value> metadata, String field) {
        Value value = metadata.get(field);
        return value == null ? "" : string(field, value);
    }

    private static String string(String field, Value value) {
        if (!value.hasStringValue()) {
            throw invalid(field + ": " + value.getKindCase() + " (expected: a string)");
        }
        if (value.getStringValue().length() > MAX_STRING) {
            throw invalid(field + ": " + value.getStringValue().length() + " characters (expected: <= " + MAX_STRING + ")");
        }
        return value.getStringValue();
    }

    private static int key(String field, String key) {
        try {
            return inRange(field, Integer.parseInt(key));
        } catch (NumberFormatException e) {
            throw invalid(field + ": not a port number (expected: 1 to 65535)");
        }
    }

    private static int requiredPort(String field, @Nullable Value value) {
        return inRange(field, port(field, value));
    }

    private static int port(String field, @Nullable Value value) {
        if (value == null) {
            return 0;
        }
        if (value.hasNumberValue()) {
            int port = (int) value.getNumberValue();
            if (port != value.getNumberValue()) {
                throw invalid(field + ": not a whole number (expected: 1 to 65535)");
            }
            return inRange(field, port);
        }
        if (value.hasStringValue()) {
            return key(field, value.getStringValue());
        }
        throw invalid(field + ": " + value.getKindCase() + " (expected: a number)");
    }

    private static int inRange(String field, int port) {
        if (port < 1 || port > 65535) {
            throw invalid(field + ": " + port + " (expected: 1 to 65535)");
        }
        return port;
    }

    private static String firstOf(String... candidates) {
        for (String candidate : candidates) {
            if (!candidate.isEmpty()) {
                return candidate;
            }
        }
        return "";
    }

    private static AdsRefused denied(@Nullable String reason) {
        return new AdsRefused(Status.Code.PERMISSION_DENIED, String.valueOf(reason));
    }

    private static AdsRefused invalid(String reason) {
        return new AdsRefused(Status.Code.INVALID_ARGUMENT, "node.metadata." + reason);
    }
}
