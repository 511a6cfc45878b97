package io.weft.sidecar.observe.send;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.weft.sidecar.cluster.Cluster;
import io.weft.sidecar.cluster.ClusterRef;
import io.weft.sidecar.cluster.Host;
import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.http.RequestBody;
import io.weft.sidecar.http.UpstreamCall;
import io.weft.sidecar.http.UpstreamCaller;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.message.ResponseHead;
import io.weft.sidecar.observe.metrics.Counter;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends what is in a {@link Postbox} over one gRPC stream that stays open, no faster than it is taken. Now and then the stream is ended and another opened:
 * with the newest certificate, and perhaps at another endpoint.
 */
public final class StreamSender implements Sender {
    private static final long MOST_BYTES = 256 * 1024;
    /** A stream that lived so long was taken by somebody. */
    private static final long STEADY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final Outbox out;
    private final Supplier<RequestHead> head;
    private final Packing packing;
    private @Nullable Stream stream;

    /** Makes the message of some items. */
    @FunctionalInterface
    public interface Packing {
        /** @param first of its stream */
        byte[] message(List<byte[]> items, boolean first);
    }

    public StreamSender(
            String what, Postbox postbox, ClusterRef cluster, Supplier<RequestHead> head, Packing packing, Counter delivered) {
        this.out = new Outbox(what, postbox, cluster, delivered);
        this.head = head;
        this.packing = packing;
        postbox.collector(this::send);
    }

    @Override
    public CompletableFuture<Void> end() {
        return out.end(() -> {
            send();
            finish();
        });
    }

    /** Half-closes the last stream once all is written; what is not written by then is not waited for. */
    private void finish() {
        CompletableFuture<Void> end = out.ending;
        Stream open = stream;
        if (end == null) {
            return;
        }
        if (open == null) {
            end.complete(null);
        } else if (out.isEmpty()) {
            open.halfClose();
        }
    }

    private void send() {
        Stream open = stream;
        if (open != null && open.leave()) {
            stream = null;
            open = null;
        }
        if (open == null) {
            open();
            return;
        }
        while (open == stream && open.writable && !out.postbox.isEmpty()) {
            List<byte[]> items = out.postbox.take(MOST_BYTES);
            out.delivered.add(items.size());
            open.write(packing.message(items, false));
        }
        if (open == stream && open.age() > STEADY_NANOS) {
            out.patience.succeeded();
        }
        finish();
    }

    private void open() {
        if (out.isEmpty()) {
            return;
        }
        long wait = out.patience.waitMillis();
        Cluster to = out.cluster.get();
        if (wait == 0 && to == null) {
            out.patience.failed("no such cluster");
            wait = out.patience.waitMillis();
        }
        if (wait > 0 || to == null) {
            if (out.ending == null) {
                out.postbox.collectLater(wait);
            }
            return;
        }
        List<byte[]> items = out.next(MOST_BYTES);
        Stream opened = new Stream(to);
        stream = opened;
        opened.start(packing.message(items, true));
    }

    /** One stream. What it carried first is kept until there is a connection. */
    private final class Stream implements UpstreamCaller {
        private final Cluster to;
        private final long since = System.nanoTime();
        private @Nullable UpstreamCall call;
        private boolean writable;
        private boolean closed;

        private Stream(Cluster to) {
            this.to = to;
        }

        private void start(byte[] first) {
            RequestBody body = new RequestBody();
            body.hold(Unpooled.wrappedBuffer(Heads.framed(first)));
            UpstreamCall made = new UpstreamCall(this, out.loop, to, head.get(), body, 0, null);
            call = made;
            made.start(0, false);
        }

        private void write(byte[] message) {
            UpstreamCall open = call;
            if (open != null) {
                open.data(Unpooled.wrappedBuffer(Heads.framed(message)), false);
            }
        }

        /** Ends a stream that is old, or whose cluster is another by now. */
        private boolean leave() {
            UpstreamCall open = call;
            boolean old = out.cluster.get() != to || age() > LONGEST_NANOS;
            if (open != null && old && out.kept == null) {
                halfClose();
                return true;
            }
            return false;
        }

        private void halfClose() {
            UpstreamCall open = call;
            if (open != null && !closed) {
                closed = true;
                open.data(Unpooled.EMPTY_BUFFER, true);
            }
        }

        private long age() {
            return System.nanoTime() - since;
        }

        private void over(String problem, boolean arrived) {
            if (stream != this) {
                return;
            }
            stream = null;
            UpstreamCall left = call;
            if (left != null) {
                left.cancel(true);
            }
            List<byte[]> first = out.kept;
            if (arrived && first != null) {
                out.postbox.dropped().add(first.size());
                out.kept = null;
            }
            if (age() > STEADY_NANOS) {
                out.patience.succeeded();
            }
            out.patience.failed(problem);
            if (out.ending != null) {
                finish();
            } else if (!out.isEmpty()) {
                out.postbox.collectLater(out.patience.waitMillis());
            }
        }

        @Override
        public void setRequestReading(boolean reading) {
            boolean before = writable;
            writable = reading;
            List<byte[]> first = out.kept;
            if (reading && stream == this && first != null) {
                out.delivered.add(first.size());
                out.kept = null;
            }
            if (reading && !before) {
                out.postbox.collectNow();
            }
        }

        @Override
        public void onHead(ResponseHead answer, boolean end) {
            if (end || answer.status() != 200) {
                over("status " + answer.status() + ", grpc-status " + answer.get("grpc-status"), true);
            }
        }

        @Override
        public void onData(ByteBuf data, boolean end) {
            data.release();
            if (end) {
                over("the stream was ended", true);
            }
        }

        @Override
        public void onTrailers(HeaderBlock trailers) {
            over("grpc-status " + trailers.get("grpc-status"), true);
        }

        @Override
        public void onFailure(UpstreamFailure failure) {
            UpstreamCall left = call;
            String reason = left == null || left.failure() == null ? "" : ": " + left.failure();
            over(failure + reason, failure.sent());
        }

        @Override
        public void onTimeout(boolean attemptOnly) {
            over("timeout", true);
        }

        @Override
        public void onAttempt(Host host, int attempt) {}

        @Override
        public void onInformational(ResponseHead informational) {}
    }
}
