package io.weft.gateway.filter;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * The body of an answer on its way to one subscriber, with demand passed on: what comes without demand waits here, and as long as much waits the
 * endpoint is not read. State belongs to the event loop; whoever asks from elsewhere is brought there.
 */
final class AnswerBody extends Flux<DataBuffer> implements Subscription {

    /** Stopping an endpoint costs system calls: what one read brings may wait. */
    private static final int MUCH = 32 * 1024;

    private final EventLoop loop;
    private final NettyDataBufferFactory buffers;
    private final Consumer<Boolean> reading;
    private final Runnable abandon;
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>(2);
    private @Nullable CoreSubscriber<? super DataBuffer> subscriber;
    private @Nullable Throwable failure;
    private long demand;
    private int bytes;
    private boolean subscribed;
    private boolean ended;
    private boolean over;
    private boolean paused;
    private boolean draining;

    /**
     * @param reading told when the endpoint shall be read or not
     * @param abandon nobody wants the rest
     */
    AnswerBody(EventLoop loop, NettyDataBufferFactory buffers, Consumer<Boolean> reading, Runnable abandon) {
        this.loop = loop;
        this.buffers = buffers;
        this.reading = reading;
        this.abandon = abandon;
    }

    // ------------------------------------------------------------------ what comes, on the loop

    /** Takes the buffer over. */
    void data(ByteBuf data) {
        if (over || !data.isReadable()) {
            data.release();
            return;
        }
        waiting.add(data);
        bytes += data.readableBytes();
        drain();
    }

    void end() {
        ended = true;
        drain();
    }

    void fail(Throwable cause) {
        if (!ended) {
            failure = cause;
            end();
        }
    }

    /** Everything there is has come. */
    boolean complete() {
        return ended && failure == null;
    }

    /** It has ended without a byte. */
    boolean isEmpty() {
        return complete() && !subscribed && waiting.isEmpty();
    }

    /** The whole body is here, in one piece. */
    boolean isWhole() {
        return complete() && !subscribed && !over && waiting.size() == 1;
    }

    /** That piece, which is then the caller's; null when it was taken or dropped meanwhile. */
    @Nullable DataBuffer takeWhole() {
        if (!isWhole()) {
            return null;
        }
        over = true;
        return buffers.wrap(Objects.requireNonNull(waiting.poll()));
    }

    // ------------------------------------------------------------------ who takes it

    @Override
    public void subscribe(CoreSubscriber<? super DataBuffer> actual) {
        if (loop.inEventLoop()) {
            begin(actual);
        } else {
            loop.execute(() -> begin(actual));
        }
    }

    private void begin(CoreSubscriber<? super DataBuffer> actual) {
        if (subscribed || over) {
            Operators.error(actual, new IllegalStateException("the body of an answer is read once"));
            return;
        }
        subscribed = true;
        subscriber = actual;
        actual.onSubscribe(this);
        drain();
    }

    @Override
    public void request(long n) {
        if (loop.inEventLoop()) {
            more(n);
        } else {
            loop.execute(() -> more(n));
        }
    }

    private void more(long n) {
        demand = Operators.addCap(demand, n);
        drain();
    }

    @Override
    public void cancel() {
        if (loop.inEventLoop()) {
            drop();
        } else {
            loop.execute(this::drop);
        }
    }

    /** Nobody wants it any more. */
    void drop() {
        if (over) {
            return;
        }
        boolean unfinished = !ended;
        over = true;
        ended = true;
        for (ByteBuf data = waiting.poll(); data != null; data = waiting.poll()) {
            data.release();
        }
        if (unfinished) {
            abandon.run();
        }
    }

    private void drain() {
        CoreSubscriber<? super DataBuffer> to = subscriber;
        if (draining) {
            return;
        }
        draining = true;
        while (to != null && !over && demand > 0 && !waiting.isEmpty()) {
            demand--;
            ByteBuf data = Objects.requireNonNull(waiting.poll());
            bytes -= data.readableBytes();
            to.onNext(buffers.wrap(data));
        }
        draining = false;
        if (over) {
            return;
        }
        if (to != null && ended && waiting.isEmpty()) {
            over = true;
            Throwable cause = failure;
            if (cause == null) {
                to.onComplete();
            } else {
                to.onError(cause);
            }
            return;
        }
        boolean wanted = bytes < MUCH;
        if (!ended && paused == wanted) {
            paused = !wanted;
            reading.accept(wanted);
        }
    }
}
