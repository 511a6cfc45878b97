package io.weft.sidecar.resource;

import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.cluster.v3.UpstreamConnectionOptions;
import io.envoyproxy.envoy.config.core.v3.TcpKeepalive;
import org.jspecify.annotations.Nullable;

/** {@code UpstreamConnectionOptions} → {@link ClusterResource.Keepalive}. */
final class KeepaliveParser {
    /** What the system takes at most, in seconds. */
    private static final int MAX_KEEPALIVE = 32_767;
    private static final Fields CONNECTION = Fields.of(UpstreamConnectionOptions.getDescriptor(), "tcp_keepalive")
            .ignore("only adds an address to what is logged", "set_local_interface_name_on_upstream_connections");
    private static final Fields KEEPALIVE = Fields.of(
            TcpKeepalive.getDescriptor(), "keepalive_probes", "keepalive_time", "keepalive_interval");

    private KeepaliveParser() {}

    static ClusterResource.@Nullable Keepalive parse(Where where, UpstreamConnectionOptions options) {
        CONNECTION.check(where, options);
        if (!options.hasTcpKeepalive()) {
            return null;
        }
        Where at = where.field("tcp_keepalive");
        TcpKeepalive said = options.getTcpKeepalive();
        KEEPALIVE.check(at, said);
        return new ClusterResource.Keepalive(
                said.hasKeepaliveProbes() ? limited(at, "keepalive_probes", said.getKeepaliveProbes(), 127) : null,
                said.hasKeepaliveTime() ? limited(at, "keepalive_time", said.getKeepaliveTime(), MAX_KEEPALIVE) : null,
                said.hasKeepaliveInterval() ? limited(at, "keepalive_interval", said.getKeepaliveInterval(), MAX_KEEPALIVE) : null);
    }

    /** More than the system takes is as much as it takes. */
    private static int limited(Where where, String field, UInt32Value said, int most) {
        int value = Values.uint(said);
        if (value < 1) {
            throw where.refuse(field, value, ">= 1");
        }
        return Math.min(value, most);
    }
}
