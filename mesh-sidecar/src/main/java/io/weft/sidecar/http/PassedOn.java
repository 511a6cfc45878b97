package io.weft.sidecar.http;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import io.weft.sidecar.cluster.Cluster;
import io.weft.sidecar.cluster.ClusterRef;
import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.cluster.retry.RetryRules;
import io.weft.sidecar.layer.Layer;
import io.weft.sidecar.layer.ResponseFlag;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.message.ResponseHead;
import org.jspecify.annotations.Nullable;

/** {@link Onward}: an exchange whose answer is somebody else's. */
final class PassedOn implements Onward {
    private final Exchange exchange;
    private final HttpManager manager;
    private final boolean first;
    private @Nullable Exchange second;

    PassedOn(Exchange exchange, HttpManager manager, boolean first) {
        this.exchange = exchange;
        this.manager = manager;
        this.first = first;
    }

    @Override
    public DownstreamConnection connection() {
        return exchange.connection;
    }

    @Override
    public boolean bodyless() {
        return exchange.body.ended();
    }

    @Override
    public boolean first() {
        return first;
    }

    @Override
    public boolean claimedByMesh() {
        return exchange.claims();
    }

    @Override
    public void routeName(String name) {
        exchange.onwardRoute = name;
    }

    @Override
    public @Nullable Cluster cluster(String name) {
        ClusterRef ref = manager.clusters().existing(name);
        return ref == null ? null : ref.get();
    }

    @Override
    public UpstreamCall call(UpstreamCaller caller, Cluster cluster, RequestHead head, RequestBody body, @Nullable RetryRules retry) {
        UpstreamCall call = new UpstreamCall(caller, exchange.loop, cluster, head, body, 0, retry);
        exchange.cluster = cluster;
        exchange.call = call;
        exchange.upstreamNanos = -1;
        trouble(ResponseFlag.NONE, "");
        return call;
    }

    @Override
    public void answered() {
        exchange.upstreamNanos = System.nanoTime() - exchange.startNanos;
        UpstreamCall call = exchange.call;
        if (call != null && call.exhausted()) {
            exchange.flag = ResponseFlag.URX;
        }
    }

    @Override
    public Trouble failed(UpstreamFailure failure) {
        Failures.Answer answer = Failures.of(failure);
        trouble(answer.flag(), answer.details());
        return new Trouble(answer.status(), answer.body());
    }

    @Override
    public Trouble timedOut() {
        trouble(ResponseFlag.UT, "response_timeout");
        return new Trouble(504, "upstream request timeout");
    }

    @Override
    public Trouble noCluster() {
        exchange.call = null;
        exchange.cluster = null;
        trouble(ResponseFlag.NC, "cluster_not_found");
        return new Trouble(503, "");
    }

    private void trouble(ResponseFlag flag, String details) {
        exchange.flag = flag;
        exchange.details = details;
    }

    @Override
    public RequestEvents resume(Downstream downstream, RequestHead head, boolean end) {
        trouble(ResponseFlag.NONE, "");
        Exchange resumed = manager.second(exchange, downstream, head, end);
        second = resumed;
        resumed.resume();
        return resumed;
    }

    /** What the mesh's routes have done by now is the record's. */
    private void take() {
        Exchange resumed = second;
        if (resumed != null) {
            exchange.tookFrom(resumed);
        }
    }

    // ------------------------------------------------------------------ what goes by

    @Override
    public void seeRequestData(ByteBuf data) {
        exchange.countRequest(data);
    }

    @Override
    public void seeHead(ResponseHead head) {
        take();
        exchange.responseStarted = true;
        exchange.status = head.status();
        exchange.response = head;
        if (second == null) {
            for (Layer layer : exchange.layers) {
                layer.onResponse(exchange, head);
            }
        }
        AsciiString server = exchange.live.server;
        if (server != null && (!exchange.live.serverIfAbsent || !head.contains(HeaderNames.SERVER))) {
            head.set(HeaderNames.SERVER, server);
        }
        if (exchange.live.serviceTime && exchange.upstreamNanos >= 0) {
            head.set(HeaderNames.X_ENVOY_UPSTREAM_SERVICE_TIME, Long.toString(exchange.upstreamNanos / 1_000_000));
        }
        if (!head.contains(HeaderNames.DATE)) {
            head.set(HeaderNames.DATE, Http1Dates.now());
        }
        exchange.grpc(head);
    }

    @Override
    public void seeData(ByteBuf data) {
        exchange.countResponse(data);
    }

    @Override
    public void seeTrailers(HeaderBlock trailers) {
        exchange.grpc(trailers);
    }

    @Override
    public void ended() {
        take();
        exchange.finish();
    }

    @Override
    public void brokenOff() {
        if (exchange.finished) {
            return;
        }
        take();
        if (exchange.flag == ResponseFlag.NONE) {
            trouble(ResponseFlag.DC, "downstream_remote_disconnect");
        }
        exchange.finish();
    }
}
