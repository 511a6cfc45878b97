package io.weft.gateway.role;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Values;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.List;

/** How a gateway introduces itself to the control plane: docs/contracts.md, ADS. */
public final class GatewayNode {

    /** What a Service's {@code targetPort} says for a gateway, whatever port is bound on this machine. */
    private static final String HTTP_CONTAINER_PORT = "8080";

    private static final String HTTPS_CONTAINER_PORT = "8443";

    private GatewayNode() {}

    /**
     * @param http the bound port that users' YAML calls 80 (or 8080)
     * @param https the bound port that users' YAML calls 443 (or 8443)
     */
    public static Node of(GatewaySettings settings, int http, int https) {
        String namespace = settings.namespace();
        return Node.newBuilder()
                .setId("router~" + settings.address() + '~' + settings.part() + '.' + namespace + '~' + namespace + ".svc.cluster.local")
                .setCluster(settings.role().workload() + '.' + namespace)
                .setUserAgentName("weft-gateway")
                .setMetadata(metadata(settings, http, https))
                .build();
    }

    private static Struct metadata(GatewaySettings settings, int http, int https) {
        Struct.Builder metadata = Struct.newBuilder();
        settings.metadata().forEach((name, value) -> metadata.putFields(name, Values.of(value)));
        metadata.putFields("NAME", Values.of(settings.part()))
                .putFields("WORKLOAD_NAME", Values.of(settings.metadata().getOrDefault("WORKLOAD_NAME", settings.role().workload())))
                .putFields("NAMESPACE", Values.of(settings.namespace()))
                .putFields("SERVICE_ACCOUNT", Values.of(settings.serviceAccount()))
                .putFields("MESH_ID", Values.of(settings.trustDomain()))
                .putFields("CLUSTER_ID", Values.of("Kubernetes"))
                .putFields("INTERCEPTION_MODE", Values.of("NONE"))
                .putFields("WEFT_EXTENSIONS", Values.of(List.of(Values.of("tcp-metadata-exchange"))))
                .putFields("LABELS", labels(settings.role()))
                .putFields("WEFT_GATEWAY_PORTS", gatewayPorts(http, https));
        if (!settings.registerGroup().isEmpty()) {
            metadata.putFields("AUTO_REGISTER_GROUP", Values.of(settings.registerGroup()))
                    .putFields(
                            "WEFT_INBOUND_PORTS",
                            struct(Struct.newBuilder()
                                    .putFields(HTTPS_CONTAINER_PORT, inbound(https))
                                    .putFields(HTTP_CONTAINER_PORT, inbound(http))));
        }
        return metadata.build();
    }

    private static Value labels(Role role) {
        return struct(Struct.newBuilder()
                .putFields("istio", Values.of(role.istioLabel()))
                .putFields("app", Values.of(role.workload())));
    }

    private static Value gatewayPorts(int http, int https) {
        return struct(Struct.newBuilder()
                .putFields("80", Values.of(http))
                .putFields("443", Values.of(https))
                .putFields(HTTP_CONTAINER_PORT, Values.of(http))
                .putFields(HTTPS_CONTAINER_PORT, Values.of(https)));
    }

    private static Value inbound(int port) {
        return struct(Struct.newBuilder().putFields("inbound", Values.of(port)).putFields("app", Values.of(port)));
    }

    private static Value struct(Struct.Builder fields) {
        return Values.of(fields.build());
    }
}
