package io.weft.pilot.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a sidecar listens on and sees.
 *
 * @param workloadSelector labels in its namespace; null is every workload
 * @param ingress empty: derived from services
 * @param egress empty: everything is visible
 */
public record Sidecar(
        ObjectMeta meta,
        @Nullable Map<String, String> workloadSelector,
        List<Ingress> ingress,
        List<Egress> egress,
        @Nullable OutboundTrafficPolicy outboundTrafficPolicy,
        @Nullable ConnectionPool inboundConnectionPool)
        implements ConfigObject {

    public Sidecar {
        workloadSelector = workloadSelector == null ? null : Copies.ordered(workloadSelector);
        ingress = List.copyOf(ingress);
        egress = List.copyOf(egress);
    }

    @Override
    public Sidecar withMeta(ObjectMeta newMeta) {
        return new Sidecar(newMeta, workloadSelector, ingress, egress, outboundTrafficPolicy, inboundConnectionPool);
    }

    public record Port(int number, String name, Protocol protocol) {}

    /** @param defaultEndpoint {@code 127.0.0.1:PORT}, {@code 0.0.0.0:PORT} or {@code unix://PATH}; unset is the same port */
    public record Ingress(
            Port port,
            @Nullable String bind,
            @Nullable CaptureMode captureMode,
            @Nullable String defaultEndpoint,
            @Nullable ServerTls tls,
            @Nullable ConnectionPool connectionPool) {}

    /** @param port null is the catch-all, processed last @param hosts {@code namespace/host} */
    public record Egress(
            @Nullable Port port, @Nullable String bind, @Nullable CaptureMode captureMode, List<String> hosts) {

        public Egress {
            hosts = List.copyOf(hosts);
        }
    }

    public enum CaptureMode {
        DEFAULT,
        IPTABLES,
        NONE
    }

    /** @param egressProxy where unknown destinations go under ALLOW_ANY */
    public record OutboundTrafficPolicy(OutboundMode mode, @Nullable Destination egressProxy) {}
}
