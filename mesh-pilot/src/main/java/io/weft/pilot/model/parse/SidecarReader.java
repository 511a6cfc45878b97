package io.weft.pilot.model.parse;

import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.OutboundMode;
import io.weft.pilot.model.Sidecar;

/** Reads a Sidecar's {@code spec}. */
final class SidecarReader {

    private SidecarReader() {}

    static Sidecar read(ObjectMeta meta, Fields spec) {
        return new Sidecar(
                meta,
                CommonReaders.selector(spec, "workloadSelector", "labels"),
                spec.list("ingress", SidecarReader::ingress),
                spec.list("egress", SidecarReader::egress),
                spec.child("outboundTrafficPolicy", SidecarReader::outbound),
                spec.child("inboundConnectionPool", DestinationRuleReader::connectionPool));
    }

    private static Sidecar.Ingress ingress(Fields fields) {
        return new Sidecar.Ingress(
                fields.requiredChild("port", SidecarReader::port),
                fields.string("bind"),
                fields.choice("captureMode", Sidecar.CaptureMode.class),
                fields.string("defaultEndpoint"),
                fields.child("tls", GatewayReader::tls),
                fields.child("connectionPool", DestinationRuleReader::connectionPool));
    }

    private static Sidecar.Egress egress(Fields fields) {
        return new Sidecar.Egress(
                fields.child("port", SidecarReader::port),
                fields.string("bind"),
                fields.choice("captureMode", Sidecar.CaptureMode.class),
                fields.strings("hosts"));
    }

    private static Sidecar.Port port(Fields fields) {
        fields.unsupported("targetPort");
        String name = fields.string("name");
        return new Sidecar.Port(
                fields.requiredInteger("number"),
                name == null ? "" : name,
                CommonReaders.protocol(fields, "protocol"));
    }

    private static Sidecar.OutboundTrafficPolicy outbound(Fields fields) {
        OutboundMode mode = fields.choice("mode", OutboundMode.class);
        return new Sidecar.OutboundTrafficPolicy(
                // The reference's zero value.
                mode == null ? OutboundMode.REGISTRY_ONLY : mode,
                fields.child("egressProxy", CommonReaders::destination));
    }
}
