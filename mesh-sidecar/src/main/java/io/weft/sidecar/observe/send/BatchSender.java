package io.weft.sidecar.observe.send;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import io.weft.sidecar.cluster.Cluster;
import io.weft.sidecar.cluster.ClusterRef;
import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.http.RequestBody;
import io.weft.sidecar.http.UpstreamCall;
import io.weft.sidecar.http.UpstreamCaller;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.ResponseHead;
import io.weft.sidecar.observe.metrics.Counter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sends what is in a {@link Postbox} to a cluster, one request at a time, with the cluster's own balancing, limits and TLS. A batch that nobody could be
 * given is kept for the next try; one that may have arrived is not sent twice.
 */
public final class BatchSender implements Sender {
    private static final long MOST_BYTES = 512 * 1024;

    private final Outbox out;
    private final Function<List<byte[]>, Parcel> packing;
    private final long timeoutMillis;
    private @Nullable Delivery delivery;

    /** @param packing makes the request of one batch */
    public BatchSender(
            String what, Postbox postbox, ClusterRef cluster, Function<List<byte[]>, Parcel> packing, long timeoutMillis, Counter delivered) {
        this.out = new Outbox(what, postbox, cluster, delivered);
        this.packing = packing;
        this.timeoutMillis = timeoutMillis;
        postbox.collector(this::send);
    }

    @Override
    public CompletableFuture<Void> end() {
        return out.end(this::send);
    }

    private void send() {
        if (delivery != null) {
            return;
        }
        CompletableFuture<Void> end = out.ending;
        if (end != null && (out.patience.waitMillis() > 0 || out.isEmpty())) {
            end.complete(null);
            return;
        }
        if (out.isEmpty()) {
            return;
        }
        long wait = out.patience.waitMillis();
        if (wait > 0) {
            out.postbox.collectLater(wait);
            return;
        }
        List<byte[]> items = out.next(MOST_BYTES);
        Cluster to = out.cluster.get();
        if (to == null) {
            keep(items, "no such cluster");
            return;
        }
        out.kept = null;
        Delivery now = new Delivery(items, packing.apply(items));
        delivery = now;
        now.start(to);
    }

    private void keep(List<byte[]> items, String reason) {
        out.kept = items;
        out.patience.failed(reason);
        again();
    }

    private void again() {
        if (out.ending != null) {
            send();
        } else if (!out.isEmpty()) {
            out.postbox.collectLater(Math.max(1, out.patience.waitMillis()));
        }
    }

    /** One request. */
    private final class Delivery implements UpstreamCaller {
        private final List<byte[]> items;
        private final Parcel parcel;
        private @Nullable UpstreamCall call;
        private int status;
        private boolean done;

        private Delivery(List<byte[]> items, Parcel parcel) {
            this.items = items;
            this.parcel = parcel;
        }

        private void start(Cluster to) {
            RequestBody body = new RequestBody();
            body.hold(Unpooled.wrappedBuffer(parcel.body()));
            body.end();
            call = new UpstreamCall(this, out.loop, to, parcel.head(), body, 0, null);
            call.start(timeoutMillis, true);
        }

        private void done(@Nullable String problem, boolean mayBeSentAgain) {
            if (done) {
                return;
            }
            done = true;
            delivery = null;
            UpstreamCall over = call;
            if (over != null) {
                over.cancel(problem != null);
            }
            if (problem == null) {
                out.delivered.add(items.size());
                out.patience.succeeded();
            } else if (mayBeSentAgain) {
                keep(items, problem);
                return;
            } else {
                out.postbox.dropped().add(items.size());
                out.patience.failed(problem);
            }
            again();
        }

        @Override
        public void onHead(ResponseHead head, boolean end) {
            status = head.status();
            if (parcel.grpc() && head.contains(HeaderNames.GRPC_STATUS)) {
                onTrailers(head);
            } else if (end) {
                answered();
            }
        }

        @Override
        public void onData(ByteBuf data, boolean end) {
            data.release();
            if (end) {
                answered();
            }
        }

        private void answered() {
            boolean good = status >= 200 && status < 300;
            done(parcel.grpc() ? "status " + status + " without grpc-status" : good ? null : "status " + status, false);
        }

        @Override
        public void onTrailers(HeaderBlock trailers) {
            if (!parcel.grpc()) {
                answered();
                return;
            }
            CharSequence code = trailers.get(HeaderNames.GRPC_STATUS);
            done(code != null && AsciiString.contentEquals(code, "0") ? null : "grpc-status " + code, false);
        }

        @Override
        public void onFailure(UpstreamFailure failure) {
            UpstreamCall over = call;
            String reason = over == null || over.failure() == null ? "" : ": " + over.failure();
            done(failure + reason, !failure.sent());
        }

        @Override
        public void onTimeout(boolean attemptOnly) {
            done("no answer within " + timeoutMillis + " ms", false);
        }

        @Override
        public void onAttempt(Host host, int attempt) {}

        @Override
        public void onInformational(ResponseHead head) {}

        @Override
        public void setRequestReading(boolean reading) {}
    }
}
