package io.weft.sidecar.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.weft.sidecar.cluster.Cluster;
import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.cluster.balance.BalanceInput;
import io.weft.sidecar.cluster.pool.HostPool;
import io.weft.sidecar.cluster.pool.StreamRequest;
import io.weft.sidecar.cluster.pool.UpstreamConnection;
import io.weft.sidecar.cluster.pool.UpstreamEvents;
import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.cluster.pool.UpstreamStream;
import io.weft.sidecar.loop.Deadline;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.Hosts;
import io.weft.sidecar.message.Http1RequestHead;
import io.weft.sidecar.message.Http2RequestHead;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.message.ResponseHead;
import org.jspecify.annotations.Nullable;

/** A copy of a request whose answer nobody waits for. What it cannot send in time is dropped: the original never waits for it. */
final class MirrorStream implements StreamRequest, UpstreamEvents {
    /** For routes without a timeout: nobody waits for a mirror's answer, but what it holds must become free. */
    private static final long LONGEST_MILLIS = 60_000;

    private final long timeoutMillis;
    private final Cluster cluster;
    private final RequestHead head;
    private final BalanceInput original;
    private final RequestBody body = new RequestBody();
    private @Nullable Host host;
    private @Nullable HostPool pool;
    private @Nullable UpstreamStream stream;
    private boolean ended;
    private boolean done;
    private final Deadline patience = new Deadline() {
        @Override
        protected void expired() {
            stop(true);
        }
    };

    MirrorStream(Cluster cluster, RequestHead of, boolean shadowSuffix, BalanceInput original, long timeoutMillis) {
        this.timeoutMillis = timeoutMillis > 0 ? timeoutMillis : LONGEST_MILLIS;
        this.cluster = cluster;
        this.original = original;
        this.head = Copies.of(of);
        if (shadowSuffix) {
            String authority = of.authority();
            String name = Hosts.withoutPort(authority);
            head.authority(name + "-shadow" + authority.substring(name.length()));
        }
    }

    void start(boolean end) {
        ended = end;
        Host chosen = cluster.forwardHosts() == null ? cluster.choose(original) : null;
        if (chosen == null || !cluster.breakers().tryRequest()) {
            done = true;
            return;
        }
        host = chosen;
        chosen.requestStarted();
        cluster.counters().requests().increment();
        cluster.counters().activeRequests().increment();
        pool = cluster.pool(chosen, original.loop(), cluster.http2(head instanceof Http2RequestHead));
        original.loop().timers().arm(patience, timeoutMillis);
        pool.acquire(this);
    }

    /** Takes the buffer over. */
    void data(ByteBuf data, boolean end) {
        ended |= end;
        UpstreamStream to = stream;
        if (done) {
            data.release();
        } else if (to == null) {
            body.hold(data);
            if (body.full()) {
                stop(true);
            }
        } else if (to.isWritable()) {
            to.sendData(data, end);
        } else {
            data.release();
            stop(true);
        }
    }

    void exchangeEnded(boolean requestComplete) {
        if (!requestComplete) {
            stop(true);
        }
    }

    private void stop(boolean error) {
        if (done) {
            return;
        }
        done = true;
        original.loop().timers().cancel(patience);
        body.forget();
        UpstreamStream open = stream;
        stream = null;
        if (open != null) {
            open.cancel();
        } else if (pool != null) {
            pool.cancel(this);
        }
        if (host != null) {
            host.requestEnded(error);
            cluster.breakers().requestEnded();
            cluster.counters().activeRequests().add(-1);
        }
    }

    @Override
    public void onConnection(UpstreamConnection connection) {
        UpstreamStream opened = connection.open(this);
        stream = opened;
        opened.sendHead(head, ended && body.isEmpty());
        if (!body.isEmpty()) {
            body.sendTo(opened, ended);
        }
    }

    @Override
    public void onNoConnection(UpstreamFailure failure, String reason) {
        stop(true);
    }

    @Override
    public void onInformational(ResponseHead informational) {}

    @Override
    public void onHead(ResponseHead answer, boolean end) {
        if (host != null) {
            cluster.onStatus(host, answer.status());
        }
        if (end) {
            over();
        }
    }

    @Override
    public void onData(ByteBuf data, boolean end) {
        data.release();
        if (end) {
            over();
        }
    }

    @Override
    public void onTrailers(HeaderBlock trailers) {
        over();
    }

    private void over() {
        if (ended) {
            stream = null;
        }
        stop(false);
    }

    @Override
    public void onReset(UpstreamFailure failure) {
        stream = null;
        stop(true);
    }

    @Override
    public void onUpstreamWritable() {}

    /** A head of its own: the original's may still change, and is written by another connection. */
    private static final class Copies {
        private static RequestHead of(RequestHead head) {
            if (head instanceof Http1RequestHead http1) {
                HttpRequest request = new DefaultHttpRequest(
                        HttpVersion.HTTP_1_1, http1.request().method(), http1.path(), http1.netty().copy());
                return new Http1RequestHead(request, http1.authority(), http1.scheme());
            }
            Http2Headers headers = new DefaultHttp2Headers(false);
            headers.setAll(((Http2RequestHead) head).netty());
            return new Http2RequestHead(headers);
        }
    }
}
