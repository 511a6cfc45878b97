package io.weft.sidecar.http;

import io.netty.buffer.ByteBuf;
import io.weft.sidecar.cluster.pool.UpstreamStream;
import io.weft.sidecar.message.HeaderBlock;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A request's body: whether it has ended, and the part of it that is held, before a stream is there to take it and as long as it might have to be sent
 * again. What is held is bounded; beyond it the client is stopped (no stream yet), or no further attempt is made (stream there).
 */
public final class RequestBody {
    /** Envoy would hold up to a megabyte; this is what one small upload needs. */
    static final int MOST = 64 * 1024;

    private @Nullable ArrayDeque<ByteBuf> held;
    private int bytes;
    private boolean keep;
    private boolean lost;
    private boolean ended;
    private @Nullable HeaderBlock trailers;

    /** Nothing follows but trailers. */
    public void end() {
        ended = true;
    }

    boolean ended() {
        return ended;
    }

    void trailers(HeaderBlock block) {
        trailers = block;
    }

    @Nullable HeaderBlock trailers() {
        return trailers;
    }

    /** Takes the buffer over. */
    public void hold(ByteBuf data) {
        if (data.isReadable()) {
            if (held == null) {
                held = new ArrayDeque<>(2);
            }
            bytes += data.readableBytes();
            held.addLast(data);
        } else {
            data.release();
        }
    }

    boolean isEmpty() {
        return held == null || held.isEmpty();
    }

    boolean full() {
        return bytes >= MOST;
    }

    /** What is sent may have to be sent again. */
    void keep() {
        keep = true;
    }

    /** Whether everything that was sent can be sent again. */
    boolean replayable() {
        return !lost && (keep || isEmpty());
    }

    /** There will be no other attempt. */
    void forget() {
        lost = true;
        keep = false;
        if (held == null) {
            return;
        }
        for (ByteBuf data = held.pollFirst(); data != null; data = held.pollFirst()) {
            data.release();
        }
        bytes = 0;
    }

    /** Sends what is held, and keeps it if it might be needed again. {@code end}: nothing follows. */
    void sendTo(UpstreamStream stream, boolean end) {
        if (held == null) {
            return;
        }
        int left = held.size();
        if (keep) {
            for (ByteBuf data : held) {
                stream.sendData(data.retainedDuplicate(), end && --left == 0);
            }
            return;
        }
        lost |= left > 0;
        bytes = 0;
        for (ByteBuf data = held.pollFirst(); data != null; data = held.pollFirst()) {
            stream.sendData(data, end && --left == 0);
        }
    }

    /** Sends what has just come. Takes the buffer over. */
    void passTo(UpstreamStream stream, ByteBuf data, boolean end) {
        if (keep && bytes + data.readableBytes() > MOST) {
            forget();
        } else if (keep && data.isReadable()) {
            hold(data.retainedDuplicate());
        }
        lost |= !keep && data.isReadable();
        stream.sendData(data, end);
    }
}
