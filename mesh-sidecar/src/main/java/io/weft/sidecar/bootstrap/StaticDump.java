package io.weft.sidecar.bootstrap;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.weft.sidecar.xds.RawResource;
import io.weft.sidecar.xds.ResourceKind;
import java.util.List;
import java.util.Map;

/** The static resources of a bootstrap file for the configuration dump; read again when asked for, since that is seldom and costs memory. */
final class StaticDump {
    private StaticDump() {}

    static Map<ResourceKind, List<RawResource>> of(byte[] message) {
        try {
            Bootstrap.StaticResources statics = Bootstrap.parseFrom(message).getStaticResources();
            return Map.of(
                    ResourceKind.CLUSTER,
                    statics.getClustersList().stream().map(c -> new RawResource(c.getName(), "", Any.pack(c))).toList(),
                    ResourceKind.LISTENER,
                    statics.getListenersList().stream().map(l -> new RawResource(l.getName(), "", Any.pack(l))).toList(),
                    ResourceKind.SECRET,
                    statics.getSecretsList().stream().map(s -> new RawResource(s.getName(), "", Any.pack(s))).toList());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("our own serialisation", e);
        }
    }
}
