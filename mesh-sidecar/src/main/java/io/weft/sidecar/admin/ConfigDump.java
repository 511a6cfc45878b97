package io.weft.sidecar.admin;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.admin.v3.ClustersConfigDump;
import io.envoyproxy.envoy.admin.v3.EndpointsConfigDump;
import io.envoyproxy.envoy.admin.v3.ListenersConfigDump;
import io.envoyproxy.envoy.admin.v3.RoutesConfigDump;
import io.envoyproxy.envoy.admin.v3.SecretsConfigDump;
import io.weft.sidecar.resource.KnownTypes;
import io.weft.sidecar.xds.RawResource;
import io.weft.sidecar.xds.ResourceKind;
import java.util.List;
import java.util.Map;

/** {@code /config_dump} in Envoy's shape ({@code envoy.admin.v3.ConfigDump}), secrets redacted. */
final class ConfigDump {
    private ConfigDump() {}

    static String json(AdminView view) throws InvalidProtocolBufferException {
        Map<ResourceKind, List<RawResource>> statics = view.staticResources();
        Map<ResourceKind, List<RawResource>> dynamics = view.dynamicResources();
        io.envoyproxy.envoy.admin.v3.ConfigDump.Builder dump = io.envoyproxy.envoy.admin.v3.ConfigDump.newBuilder();
        dump.addConfigs(Any.pack(clusters(statics, dynamics)));
        dump.addConfigs(Any.pack(endpoints(dynamics)));
        dump.addConfigs(Any.pack(listeners(statics, dynamics)));
        dump.addConfigs(Any.pack(routes(dynamics)));
        dump.addConfigs(Any.pack(secrets(statics, dynamics)));
        return Redaction.of(JsonFormat.printer()
                .usingTypeRegistry(KnownTypes.registry(List.of(
                        ClustersConfigDump.getDescriptor(),
                        EndpointsConfigDump.getDescriptor(),
                        ListenersConfigDump.getDescriptor(),
                        RoutesConfigDump.getDescriptor(),
                        SecretsConfigDump.getDescriptor())))
                .preservingProtoFieldNames()
                .print(dump));
    }

    private static List<RawResource> of(Map<ResourceKind, List<RawResource>> resources, ResourceKind kind) {
        return resources.getOrDefault(kind, List.of());
    }

    private static ClustersConfigDump clusters(
            Map<ResourceKind, List<RawResource>> statics, Map<ResourceKind, List<RawResource>> dynamics) {
        ClustersConfigDump.Builder dump = ClustersConfigDump.newBuilder();
        of(statics, ResourceKind.CLUSTER)
                .forEach(raw -> dump.addStaticClusters(ClustersConfigDump.StaticCluster.newBuilder().setCluster(raw.body())));
        of(dynamics, ResourceKind.CLUSTER)
                .forEach(raw -> dump.addDynamicActiveClusters(ClustersConfigDump.DynamicCluster.newBuilder()
                        .setVersionInfo(raw.version())
                        .setCluster(raw.body())));
        return dump.build();
    }

    private static EndpointsConfigDump endpoints(Map<ResourceKind, List<RawResource>> dynamics) {
        EndpointsConfigDump.Builder dump = EndpointsConfigDump.newBuilder();
        of(dynamics, ResourceKind.ENDPOINTS)
                .forEach(raw -> dump.addDynamicEndpointConfigs(EndpointsConfigDump.DynamicEndpointConfig.newBuilder()
                        .setVersionInfo(raw.version())
                        .setEndpointConfig(raw.body())));
        return dump.build();
    }

    private static ListenersConfigDump listeners(
            Map<ResourceKind, List<RawResource>> statics, Map<ResourceKind, List<RawResource>> dynamics) {
        ListenersConfigDump.Builder dump = ListenersConfigDump.newBuilder();
        of(statics, ResourceKind.LISTENER)
                .forEach(raw -> dump.addStaticListeners(ListenersConfigDump.StaticListener.newBuilder().setListener(raw.body())));
        of(dynamics, ResourceKind.LISTENER)
                .forEach(raw -> dump.addDynamicListeners(ListenersConfigDump.DynamicListener.newBuilder()
                        .setName(raw.name())
                        .setActiveState(ListenersConfigDump.DynamicListenerState.newBuilder()
                                .setVersionInfo(raw.version())
                                .setListener(raw.body()))));
        return dump.build();
    }

    private static RoutesConfigDump routes(Map<ResourceKind, List<RawResource>> dynamics) {
        RoutesConfigDump.Builder dump = RoutesConfigDump.newBuilder();
        of(dynamics, ResourceKind.ROUTES)
                .forEach(raw -> dump.addDynamicRouteConfigs(RoutesConfigDump.DynamicRouteConfig.newBuilder()
                        .setVersionInfo(raw.version())
                        .setRouteConfig(raw.body())));
        return dump.build();
    }

    private static SecretsConfigDump secrets(
            Map<ResourceKind, List<RawResource>> statics, Map<ResourceKind, List<RawResource>> dynamics) {
        SecretsConfigDump.Builder dump = SecretsConfigDump.newBuilder();
        for (RawResource raw : of(statics, ResourceKind.SECRET)) {
            dump.addStaticSecrets(
                    SecretsConfigDump.StaticSecret.newBuilder().setName(raw.name()).setSecret(raw.body()));
        }
        for (RawResource raw : of(dynamics, ResourceKind.SECRET)) {
            dump.addDynamicActiveSecrets(SecretsConfigDump.DynamicSecret.newBuilder()
                    .setName(raw.name())
                    .setVersionInfo(raw.version())
                    .setSecret(raw.body()));
        }
        return dump.build();
    }
}
