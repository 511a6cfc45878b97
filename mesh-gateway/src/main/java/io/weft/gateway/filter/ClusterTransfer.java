package io.weft.gateway.filter;

import io.netty.buffer.ByteBuf;
import io.weft.sidecar.cluster.Cluster;
import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.cluster.retry.RetryRules;
import io.weft.sidecar.http.Onward;
import io.weft.sidecar.http.RequestBody;
import io.weft.sidecar.http.UpstreamCall;
import io.weft.sidecar.http.UpstreamCaller;
import io.weft.sidecar.loop.Deadline;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.message.ResponseHead;
import io.weft.sidecar.resource.RetryPolicyResource;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.support.TimeoutException;

/** A transfer to a cluster that a route names: one call of the engine's. */
final class ClusterTransfer implements UpstreamCaller, Transfer.Upstream {

    /** What the mesh repeats by itself: only what no endpoint has acted on. Everything else is the filter {@code Retry}'s to decide. */
    private static final RetryRules UNSEEN = new RetryRules(
            new RetryPolicyResource(
                    Set.of("connect-failure", "refused-stream"),
                    2,
                    Duration.ZERO,
                    Set.of(),
                    java.util.List.of(),
                    true,
                    5,
                    Duration.ofMillis(25),
                    Duration.ofMillis(250)),
            head -> false);

    private final Transfer transfer;
    private final Onward onward;
    private final Cluster cluster;
    private final UpstreamCall call;
    private final @Nullable Limit response;
    private final @Nullable Limit connect;

    private ClusterTransfer(Transfer transfer, Cluster cluster, RequestHead head, RequestBody body, Timeouts timeouts) {
        this.transfer = transfer;
        this.onward = transfer.onward();
        this.cluster = cluster;
        this.response = timeouts.responseMillis() > 0 ? new Limit(timeouts.responseMillis(), false) : null;
        this.connect = timeouts.connectMillis() > 0 ? new Limit(timeouts.connectMillis(), true) : null;
        this.call = onward.call(this, cluster, head, body, UNSEEN);
    }

    /** Times of a route, 0: none. The first: until the answer's head; the second: until there is a connection. */
    record Timeouts(long responseMillis, long connectMillis) {}

    /** On the event loop. */
    static void start(Transfer transfer, Cluster cluster, RequestHead head, boolean hasBody, Timeouts timeouts) {
        RequestBody body = new RequestBody();
        if (!hasBody) {
            body.end();
        }
        long length = RequestHeads.length(head);
        ClusterTransfer made = new ClusterTransfer(transfer, cluster, head, body, timeouts);
        transfer.upstream(made);
        made.arm(made.response);
        made.arm(made.connect);
        made.call.start(0, false);
        if (hasBody) {
            transfer.takeBody(length);
        }
    }

    private void arm(@Nullable Limit limit) {
        if (limit != null) {
            onward.connection().loop().timers().arm(limit, limit.millis);
        }
    }

    private void disarm() {
        if (response != null) {
            onward.connection().loop().timers().cancel(response);
        }
        if (connect != null) {
            onward.connection().loop().timers().cancel(connect);
        }
    }

    // ------------------------------------------------------------------ to the endpoint

    @Override
    public void data(ByteBuf data, boolean end) {
        call.data(data, end);
    }

    @Override
    public void reading(boolean reading) {
        call.setReading(reading);
    }

    @Override
    public void cancel() {
        disarm();
        call.cancel(false);
    }

    // ------------------------------------------------------------------ from the endpoint

    @Override
    public void onAttempt(Host host, int attempt) {}

    /** WebFlux has no way to tell it on. */
    @Override
    public void onInformational(ResponseHead head) {}

    @Override
    public void onHead(ResponseHead head, boolean end) {
        disarm();
        onward.answered();
        if (head.status() == 101) {
            Tunnel.open(transfer, head, this);
        } else {
            transfer.head(head, end);
        }
    }

    @Override
    public void onData(ByteBuf data, boolean end) {
        transfer.answer(data, end);
    }

    @Override
    public void onTrailers(HeaderBlock trailers) {
        transfer.trailers(trailers);
    }

    @Override
    public void onFailure(UpstreamFailure failure) {
        disarm();
        Onward.Trouble trouble = onward.failed(failure);
        transfer.failed(new UpstreamTroubleException(trouble, new UpstreamFailedException(trouble.body())));
    }

    @Override
    public void onTimeout(boolean attemptOnly) {
        tookTooLong();
    }

    private void tookTooLong() {
        disarm();
        Onward.Trouble trouble = onward.timedOut();
        transfer.failed(new UpstreamTroubleException(trouble, new TimeoutException(trouble.body())));
    }

    @Override
    public void setRequestReading(boolean reading) {
        transfer.requestReading(reading);
    }

    /** One of the route's times. */
    private final class Limit extends Deadline {
        private final long millis;
        private final boolean connection;

        private Limit(long millis, boolean connection) {
            this.millis = millis;
            this.connection = connection;
        }

        @Override
        protected void expired() {
            Host at = call.host();
            if (connection) {
                if (call.localAddress() == null) {
                    if (at != null) {
                        cluster.onLocalFailure(at);
                    }
                    cluster.counters().pool().connectTimeouts().increment();
                    call.cancel(true);
                    onFailure(UpstreamFailure.CONNECT_TIMEOUT);
                }
                return;
            }
            cluster.counters().timeouts().increment();
            if (at != null) {
                cluster.onStatus(at, 504);
            }
            call.cancel(true);
            tookTooLong();
        }
    }
}
