package io.weft.sidecar.http;

import io.netty.buffer.ByteBuf;
import io.netty.util.NetUtil;
import io.weft.sidecar.cluster.Cluster;
import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.layer.LayerContext;
import io.weft.sidecar.layer.ResponseFlag;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.message.ResponseHead;
import io.weft.sidecar.observe.trace.Span;
import io.weft.sidecar.resource.Workload;
import io.weft.sidecar.route.FormatContext;
import io.weft.sidecar.route.Grpc;
import io.weft.sidecar.route.RoutePath;
import io.weft.sidecar.tls.PeerIdentity;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is known of an exchange: fields that {@link Exchange} and {@link ExchangeAnswers} write, and what layers, formatters, balancers and logs read. */
abstract class ExchangeFacts implements FormatContext, LayerContext, RequestLog {
    private static final RoutePath NO_PATH = new RoutePath("", null);

    final HttpManager.Live live;
    final DownstreamConnection connection;
    final LoopState loop;
    final RequestHead head;
    final long startNanos = System.nanoTime();
    final long startMillis = System.currentTimeMillis();
    final String originalPath;
    RoutePath path = NO_PATH;
    @Nullable RoutePlan plan;
    @Nullable ForwardPlan forward;
    @Nullable Map<Object, Object> memory;
    @Nullable Cluster cluster;
    @Nullable UpstreamCall call;
    @Nullable ResponseHead response;
    boolean responseStarted;
    ResponseFlag flag = ResponseFlag.NONE;
    ResponseFlag faultFlag = ResponseFlag.NONE;
    String details = "";
    int status;
    int grpcStatus = -1;
    long received;
    long sent;
    long upstreamNanos = -1;
    @Nullable Span span;
    /** The route of whoever stands behind the engine. */
    @Nullable String onwardRoute;
    private final boolean grpc;
    private final @Nullable GrpcMessages requestMessages;
    private final @Nullable GrpcMessages responseMessages;

    ExchangeFacts(HttpManager.Live live, DownstreamConnection connection, RequestHead head) {
        this.live = live;
        this.connection = connection;
        this.loop = connection.loop();
        this.head = head;
        this.originalPath = head.path();
        this.grpc = Grpc.isRequest(head);
        this.requestMessages = grpc ? new GrpcMessages() : null;
        this.responseMessages = grpc ? new GrpcMessages() : null;
    }

    /** The record of a request that came back to the mesh's routes: what they did is its. */
    final void tookFrom(ExchangeFacts second) {
        plan = second.plan;
        forward = second.forward;
        cluster = second.cluster;
        call = second.call;
        flag = second.flag;
        faultFlag = second.faultFlag;
        details = second.details;
        upstreamNanos = second.upstreamNanos;
    }

    final void countRequest(ByteBuf data) {
        received += data.readableBytes();
        if (requestMessages != null) {
            requestMessages.see(data);
        }
    }

    final void countResponse(ByteBuf data) {
        sent += data.readableBytes();
        if (responseMessages != null) {
            responseMessages.see(data);
        }
    }

    @Override
    public final LoopState loop() {
        return loop;
    }

    @Override
    public final RequestHead requestHead() {
        return head;
    }

    @Override
    public final RoutePath routePath() {
        return path;
    }

    @Override
    public final @Nullable ResponseHead responseHead() {
        return response;
    }

    @Override
    public final @Nullable String peerUri() {
        PeerIdentity peer = connection.peer();
        return peer == null ? null : peer.uri();
    }

    @Override
    public final boolean peerAuthenticated() {
        PeerIdentity peer = connection.peer();
        return peer != null && peer.certificateSha256() != null;
    }

    @Override
    public final @Nullable String requestedServerName() {
        PeerIdentity peer = connection.peer();
        return peer == null ? null : peer.sni();
    }

    @Override
    public final SocketAddress directRemote() {
        return connection.remote();
    }

    @Override
    public final @Nullable InetAddress remoteIp() {
        return live.trust.remoteIp(head, connection);
    }

    @Override
    public final SocketAddress localAddress() {
        return connection.local();
    }

    @Override
    public final void remember(Object key, Object value) {
        if (memory == null) {
            memory = new IdentityHashMap<>(2);
        }
        memory.put(key, value);
    }

    @Override
    public final @Nullable Object recall(Object key) {
        return memory == null ? null : memory.get(key);
    }

    @Override
    public final String downstreamRemoteAddress() {
        return connection.remote() instanceof InetSocketAddress inet ? NetUtil.toSocketAddressString(inet) : connection.remoteAddress();
    }

    @Override
    public final String downstreamRemoteAddressWithoutPort() {
        return connection.remoteAddress();
    }

    @Override
    public final String downstreamLocalAddress() {
        return connection.local() instanceof InetSocketAddress inet
                ? NetUtil.toSocketAddressString(inet)
                : connection.local().toString();
    }

    @Override
    public final @Nullable String downstreamPeerUri() {
        return peerUri();
    }

    @Override
    public final @Nullable String downstreamLocalUri() {
        PeerIdentity peer = connection.peer();
        return peer == null ? null : peer.localUri();
    }

    @Override
    public final long startEpochMillis() {
        return startMillis;
    }

    @Override
    public final @Nullable String upstreamHostText() {
        Host at = call == null ? null : call.host();
        return at == null ? null : at.text();
    }

    @Override
    public final @Nullable String routeNameText() {
        return routeName();
    }

    @Override
    public final @Nullable String clusterNameText() {
        return clusterName();
    }

    @Override
    public final int responseCode() {
        return status;
    }

    @Override
    public final String responseFlags() {
        return flags();
    }

    @Override
    public final RequestHead request() {
        return head;
    }

    @Override
    public final String originalPath() {
        return originalPath;
    }

    @Override
    public final @Nullable ResponseHead response() {
        return response;
    }

    @Override
    public final int status() {
        return status;
    }

    @Override
    public final String flags() {
        if (faultFlag == ResponseFlag.NONE || faultFlag == flag) {
            return flag.text();
        }
        return flag == ResponseFlag.NONE ? faultFlag.text() : faultFlag.text() + "," + flag.text();
    }

    @Override
    public final String details() {
        return details.isEmpty() && responseStarted ? "via_upstream" : details;
    }

    @Override
    public final int grpcStatus() {
        return grpcStatus;
    }

    @Override
    public final long durationNanos() {
        return System.nanoTime() - startNanos;
    }

    @Override
    public final long upstreamNanos() {
        return upstreamNanos;
    }

    @Override
    public final long received() {
        return received;
    }

    @Override
    public final long sent() {
        return sent;
    }

    @Override
    public final @Nullable String routeName() {
        return plan == null ? onwardRoute : plan.route().name();
    }

    @Override
    public final @Nullable String clusterName() {
        return cluster == null ? null : cluster.name();
    }

    @Override
    public final @Nullable String upstreamHost() {
        return upstreamHostText();
    }

    @Override
    public final @Nullable SocketAddress upstreamLocal() {
        return call == null ? null : call.localAddress();
    }

    @Override
    public final @Nullable String upstreamFailure() {
        return call == null ? null : call.failure();
    }

    @Override
    public final int attempts() {
        return call == null ? 0 : call.attempts();
    }

    @Override
    public final DownstreamConnection connection() {
        return connection;
    }

    @Override
    public final @Nullable Cluster cluster() {
        return cluster;
    }

    @Override
    public final @Nullable Host host() {
        return call == null ? null : call.host();
    }

    @Override
    public final @Nullable PeerIdentity upstreamPeer() {
        return call == null ? null : call.peer();
    }

    @Override
    public final Workload source() {
        return connection.source();
    }

    @Override
    public final @Nullable Span span() {
        return span;
    }

    @Override
    public final boolean grpc() {
        return grpc;
    }

    @Override
    public final long requestMessages() {
        return requestMessages == null ? 0 : requestMessages.count();
    }

    @Override
    public final long responseMessages() {
        return responseMessages == null ? 0 : responseMessages.count();
    }
}
