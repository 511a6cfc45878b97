package io.weft.sidecar.layer;

import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.message.ResponseHead;
import io.weft.sidecar.route.RoutePath;
import java.net.InetAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** What a layer sees of an exchange. */
public interface LayerContext {
    RequestHead requestHead();

    /** The request's path without query, normalised. */
    RoutePath routePath();

    LoopState loop();

    /** The verified URI of the client's certificate; null without one. */
    @Nullable String peerUri();

    /** The client presented a certificate that was verified. */
    boolean peerAuthenticated();

    @Nullable String requestedServerName();

    /** The peer of the TCP connection (after PROXY protocol). */
    SocketAddress directRemote();

    /** The client, by {@code x-forwarded-for} as far as it is trusted. */
    @Nullable InetAddress remoteIp();

    SocketAddress localAddress();

    /**
     * Ends the exchange with an answer of ours.
     *
     * @param flag Envoy's response flag
     * @param details Envoy's {@code RESPONSE_CODE_DETAILS}
     */
    void answer(int status, String body, ResponseFlag flag, String details);

    /** The same with headers of the layer's. */
    void answer(ResponseHead head, String details);

    /** Answers a gRPC call with a status of gRPC's own. */
    void answerGrpc(int grpcStatus, String message, ResponseFlag flag, String details);

    void resumeAfter(long millis, ResponseFlag flag);

    /** Something to remember until the response, by its layer. */
    void remember(Object key, Object value);

    @Nullable Object recall(Object key);
}
