package io.weft.sidecar.listener;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.weft.sidecar.layer.LayerContext;
import io.weft.sidecar.layer.ResponseFlag;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.message.Http1RequestHead;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.message.ResponseHead;
import io.weft.sidecar.route.RoutePath;
import io.weft.sidecar.tls.PeerIdentity;
import java.net.InetAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A connection as RBAC sees it: no request, no path, no headers. */
final class ConnectionContext implements LayerContext {
    private static final RequestHead NO_REQUEST = new Http1RequestHead(
            new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf("-"), ""), "", "");

    private final Arrival arrival;
    private final @Nullable PeerIdentity peer;

    ConnectionContext(Arrival arrival, @Nullable PeerIdentity peer) {
        this.arrival = arrival;
        this.peer = peer;
    }

    @Override
    public RequestHead requestHead() {
        return NO_REQUEST;
    }

    @Override
    public RoutePath routePath() {
        return new RoutePath("", null);
    }

    @Override
    public LoopState loop() {
        throw new UnsupportedOperationException("a connection's policy draws no lots");
    }

    @Override
    public @Nullable String peerUri() {
        return peer == null ? null : peer.uri();
    }

    @Override
    public boolean peerAuthenticated() {
        return peer != null && peer.certificateSha256() != null;
    }

    @Override
    public @Nullable String requestedServerName() {
        return arrival.hello().serverName();
    }

    @Override
    public SocketAddress directRemote() {
        return arrival.directRemote();
    }

    @Override
    public @Nullable InetAddress remoteIp() {
        return arrival.remote().getAddress();
    }

    @Override
    public SocketAddress localAddress() {
        return arrival.local();
    }

    @Override
    public void answer(int status, String body, ResponseFlag flag, String details) {
        throw new UnsupportedOperationException("a connection is closed, not answered");
    }

    @Override
    public void answer(ResponseHead head, String details) {
        throw new UnsupportedOperationException("a connection is closed, not answered");
    }

    @Override
    public void answerGrpc(int grpcStatus, String message, ResponseFlag flag, String details) {
        throw new UnsupportedOperationException("a connection is closed, not answered");
    }

    @Override
    public void resumeAfter(long millis, ResponseFlag flag) {
        throw new UnsupportedOperationException("a connection's policy decides at once");
    }

    @Override
    public void remember(Object key, Object value) {
        throw new UnsupportedOperationException("a connection's policy decides at once");
    }

    @Override
    public @Nullable Object recall(Object key) {
        return null;
    }
}
