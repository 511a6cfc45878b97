package io.weft.pilot.generate.cluster;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.weft.pilot.registry.MeshService;

/** As the reference mesh does it: what telemetry calls the service behind a cluster. */
final class ServiceMetadata {

    private ServiceMetadata() {}

    static Metadata of(MeshService service) {
        Value one = Value.newBuilder()
                .setStructValue(Struct.newBuilder()
                        .putFields("host", text(service.hostname()))
                        .putFields("name", text(service.meta().name()))
                        .putFields("namespace", text(service.namespace())))
                .build();
        Struct istio = Struct.newBuilder()
                .putFields("services", Value.newBuilder().setListValue(ListValue.newBuilder().addValues(one)).build())
                .build();
        return Metadata.newBuilder().putFilterMetadata("istio", istio).build();
    }

    private static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }
}
