package io.weft.sidecar.route;

import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.message.ResponseHead;
import org.jspecify.annotations.Nullable;

/** What Envoy's {@code %COMMAND%} formatters can ask of an exchange. */
public interface FormatContext {
    RequestHead requestHead();

    @Nullable ResponseHead responseHead();

    String downstreamRemoteAddress();

    String downstreamRemoteAddressWithoutPort();

    String downstreamLocalAddress();

    @Nullable String downstreamPeerUri();

    @Nullable String downstreamLocalUri();

    @Nullable String requestedServerName();

    long startEpochMillis();

    @Nullable String upstreamHostText();

    @Nullable String routeNameText();

    @Nullable String clusterNameText();

    int responseCode();

    String responseFlags();
}
