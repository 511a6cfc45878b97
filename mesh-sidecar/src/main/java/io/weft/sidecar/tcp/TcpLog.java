package io.weft.sidecar.tcp;

import io.weft.sidecar.observe.log.Finished;
import io.weft.sidecar.tls.PeerIdentity;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A proxied connection that has ended.
 *
 * @param clusterName null when none was there to choose
 * @param upstreamHost {@code ip:port} of the endpoint that was tried last; null when there was none
 * @param upstreamLocal our end of the connection to the endpoint; null without one
 * @param upstreamPeer who the endpoint has proven to be; null without TLS
 * @param upstreamFailure why there was no connection; null when there was one, or none was tried
 * @param flags Envoy's response flags, {@code "-"} when there are none
 * @param terminated why it was ended on our side, in Envoy's words; null: it was not
 * @param received bytes from the client
 * @param sent bytes to the client
 */
public record TcpLog(
        TcpConnection connection,
        @Nullable String clusterName,
        @Nullable String upstreamHost,
        @Nullable SocketAddress upstreamLocal,
        @Nullable PeerIdentity upstreamPeer,
        @Nullable String upstreamFailure,
        String flags,
        @Nullable String terminated,
        long received,
        long sent,
        long startEpochMillis,
        long durationNanos) implements Finished {}
