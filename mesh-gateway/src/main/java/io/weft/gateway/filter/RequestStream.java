package io.weft.gateway.filter;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBuffer;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/** Takes a request's body from WebFlux and gives it to a call, one buffer at a time and only as long as the call takes them. State belongs to the event loop. */
final class RequestStream implements CoreSubscriber<DataBuffer> {

    /** Who gets it. */
    interface Sink {
        /** Takes the buffer over. */
        void data(ByteBuf data, boolean end);

        /** The body broke off. */
        void broken(Throwable cause);
    }

    private final EventLoop loop;
    private final Sink sink;
    private final Context context;
    private volatile @Nullable Subscription subscription;
    private boolean open = true;
    private boolean asked;
    private boolean stopped;

    RequestStream(EventLoop loop, Sink sink, Context context) {
        this.loop = loop;
        this.sink = sink;
        this.context = context;
    }

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    public void onSubscribe(Subscription made) {
        if (Operators.validate(subscription, made)) {
            subscription = made;
            onLoop(this::ask);
        }
    }

    /** Whether the call takes more. */
    void open(boolean takes) {
        open = takes;
        if (takes) {
            ask();
        }
    }

    private void ask() {
        Subscription from = subscription;
        if (open && !asked && !stopped && from != null) {
            asked = true;
            from.request(1);
        }
    }

    @Override
    public void onNext(DataBuffer buffer) {
        ByteBuf data = netty(buffer);
        if (loop.inEventLoop()) {
            give(data);
        } else {
            loop.execute(() -> give(data));
        }
    }

    private void give(ByteBuf data) {
        asked = false;
        if (stopped) {
            data.release();
            return;
        }
        sink.data(data, false);
        ask();
    }

    private static ByteBuf netty(DataBuffer buffer) {
        if (buffer instanceof NettyDataBuffer netty) {
            return netty.getNativeBuffer();
        }
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return Unpooled.wrappedBuffer(bytes);
    }

    @Override
    public void onError(Throwable cause) {
        onLoop(() -> {
            if (!stopped) {
                stopped = true;
                sink.broken(cause);
            }
        });
    }

    @Override
    public void onComplete() {
        onLoop(() -> {
            if (!stopped) {
                stopped = true;
                sink.data(Unpooled.EMPTY_BUFFER, true);
            }
        });
    }

    /** The call needs no more of it. */
    void stop() {
        if (!stopped) {
            stopped = true;
            Subscription from = subscription;
            if (from != null) {
                from.cancel();
            }
        }
    }

    private void onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }
}
