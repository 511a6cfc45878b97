package io.weft.sidecar.http;

import io.weft.sidecar.cluster.Cluster;
import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.cluster.pool.HostPool;
import io.weft.sidecar.cluster.pool.StreamRequest;
import io.weft.sidecar.cluster.pool.UpstreamConnection;
import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.cluster.pool.UpstreamStream;
import io.weft.sidecar.message.Http2RequestHead;
import io.weft.sidecar.tls.PeerIdentity;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt of an {@link UpstreamCall} occupies: a place under the cluster's limits and at its endpoint, a place in the pool's queue or a stream.
 * One object for all attempts of a call, as they follow each other.
 */
final class UpstreamAttempt implements StreamRequest {
    private final UpstreamCall call;
    private final Cluster cluster;
    private @Nullable Host host;
    private @Nullable HostPool pool;
    private @Nullable UpstreamStream stream;
    private @Nullable UpstreamConnection connection;
    private @Nullable PeerIdentity peer;
    private @Nullable String failure;
    private boolean waiting;
    private boolean open;

    UpstreamAttempt(UpstreamCall call, Cluster cluster) {
        this.call = call;
        this.cluster = cluster;
    }

    /** Takes the place; false when there is none. */
    boolean enter(Host chosen) {
        if (!cluster.breakers().tryRequest()) {
            cluster.counters().requestOverflow().increment();
            return false;
        }
        open = true;
        host = chosen;
        connection = null;
        peer = null;
        chosen.requestStarted();
        cluster.counters().requests().increment();
        cluster.counters().activeRequests().increment();
        return true;
    }

    void connect(Host chosen) {
        waiting = true;
        HostPool connections = cluster.pool(chosen, call.loop(), cluster.http2(call.head() instanceof Http2RequestHead));
        pool = connections;
        connections.acquire(this);
    }

    @Override
    public void onConnection(UpstreamConnection upstream) {
        waiting = false;
        UpstreamStream opened = upstream.open(call);
        stream = opened;
        connection = upstream;
        peer = PeerIdentity.of(upstream.channel());
        call.onStream(opened);
    }

    @Override
    public void onNoConnection(UpstreamFailure why, String reason) {
        waiting = false;
        failure = reason;
        if (why != UpstreamFailure.OVERFLOW) {
            localFailure();
            if (why == UpstreamFailure.CONNECT_TIMEOUT) {
                cluster.counters().pool().connectTimeouts().increment();
            }
        }
        call.fail(why);
    }

    /** The endpoint has ended the stream by itself. */
    void reset(UpstreamFailure why) {
        stream = null;
        if (why != UpstreamFailure.REFUSED && why != UpstreamFailure.STALE) {
            localFailure();
        }
    }

    private void localFailure() {
        Host at = host;
        if (at != null) {
            cluster.onLocalFailure(at);
        }
    }

    /** For outlier detection. */
    void status(int code) {
        Host at = host;
        if (at != null) {
            cluster.onStatus(at, code);
        }
    }

    /** Lets the stream go and frees the place. {@code complete}: both sides have said everything. */
    void end(boolean error, boolean complete) {
        UpstreamStream left = stream;
        stream = null;
        HostPool from = pool;
        if (waiting && from != null) {
            waiting = false;
            from.cancel(this);
        }
        Host at = host;
        if (open && at != null) {
            open = false;
            cluster.breakers().requestEnded();
            cluster.counters().activeRequests().add(-1);
            at.requestEnded(error);
        }
        if (left != null && !complete) {
            left.cancel();
        }
    }

    /** Null while there is none yet, and when it has ended. */
    @Nullable UpstreamStream stream() {
        return stream;
    }

    boolean open() {
        return open;
    }

    @Nullable Host host() {
        return host;
    }

    @Nullable PeerIdentity peer() {
        return peer;
    }

    void failure(String reason) {
        failure = reason;
    }

    @Nullable String failure() {
        return failure;
    }

    @Nullable SocketAddress localAddress() {
        return connection == null ? null : connection.channel().localAddress();
    }
}
