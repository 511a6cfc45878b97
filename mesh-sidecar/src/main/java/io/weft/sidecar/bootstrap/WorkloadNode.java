package io.weft.sidecar.bootstrap;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The node a sidecar says it is (docs/contracts.md, "ADS"). */
public final class WorkloadNode {
    private WorkloadNode() {}

    /**
     * What every sidecar says; where its metrics are it adds itself.
     *
     * @param boundInbound workload port → port bound for it
     * @param boundProxy the outbound HTTP proxy's port; null: none
     */
    public static Node of(WorkloadSettings settings, Map<Integer, Integer> boundInbound, @Nullable Integer boundProxy) {
        return of(settings, boundInbound, boundProxy, null);
    }

    /** @param metrics where its metrics are read; null: it adds that itself */
    static Node of(
            WorkloadSettings settings, Map<Integer, Integer> boundInbound, @Nullable Integer boundProxy, WorkloadSettings.@Nullable HostPort metrics) {
        Map<String, String> more = settings.pod().metadata();
        Struct.Builder metadata = Struct.newBuilder();
        more.forEach((name, value) -> metadata.putFields(name, text(value)));
        metadata
                .putFields("NAME", text(settings.part()))
                .putFields("WORKLOAD_NAME", text(more.getOrDefault("WORKLOAD_NAME", settings.part())))
                .putFields("NAMESPACE", text(settings.namespace()))
                .putFields("SERVICE_ACCOUNT", text(settings.serviceAccount()))
                .putFields("INTERCEPTION_MODE", text("NONE"))
                .putFields("WEFT_EXTENSIONS", list("tcp-metadata-exchange"))
                .putFields("LABELS", labels(settings.labels()));
        if (settings.workloadGroup() != null) {
            metadata.putFields("AUTO_REGISTER_GROUP", text(settings.workloadGroup()));
        }
        Struct.Builder ports = Struct.newBuilder();
        boundInbound.forEach((port, bound) -> ports.putFields(
                Integer.toString(port),
                Value.newBuilder()
                        .setStructValue(Struct.newBuilder()
                                .putFields("inbound", number(bound))
                                .putFields("app", number(settings.appPorts().get(port))))
                        .build()));
        metadata.putFields("WEFT_INBOUND_PORTS", Value.newBuilder().setStructValue(ports).build());
        if (boundProxy != null) {
            metadata.putFields("WEFT_PROXY_PORT", number(boundProxy));
        }
        if (metrics != null) {
            metadata.putFields("WEFT_METRICS", text(metrics + "/stats/prometheus"));
        }
        String app = settings.labels().getOrDefault(
                "app", settings.workloadGroup() == null ? settings.part() : settings.workloadGroup());
        return Node.newBuilder()
                .setId("sidecar~" + settings.pod().address() + "~" + settings.part() + "." + settings.namespace() + "~"
                        + settings.namespace() + ".svc." + settings.clusterDomain())
                .setCluster(app + "." + settings.namespace())
                .setUserAgentName("weft-sidecar")
                .setMetadata(metadata)
                .build();
    }

    private static Value labels(Map<String, String> labels) {
        Struct.Builder struct = Struct.newBuilder();
        labels.forEach((name, value) -> struct.putFields(name, text(value)));
        return Value.newBuilder().setStructValue(struct).build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static Value list(String text) {
        return Value.newBuilder().setListValue(ListValue.newBuilder().addValues(text(text))).build();
    }

    private static Value number(int number) {
        return Value.newBuilder().setNumberValue(number).build();
    }
}
