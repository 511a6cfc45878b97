package io.weft.sidecar.http;

import io.netty.buffer.ByteBuf;
import io.weft.sidecar.cluster.pool.UpstreamStream;
import java.util.ArrayDeque;

/**
 * The part of a request body that is held: before a stream is there to take it, and as long as it might have to be sent again. What is held is
 * bounded; beyond it the client is stopped (no stream yet), or no further attempt is made (stream there).
 */
final class RequestBody {
    /** Envoy would hold up to a megabyte; this is what one small upload needs. */
    static final int MOST = 64 * 1024;

    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(2);
    private int bytes;
    private boolean lost;

    void hold(ByteBuf data) {
        if (data.isReadable()) {
            bytes += data.readableBytes();
            held.addLast(data);
        } else {
            data.release();
        }
    }

    boolean isEmpty() {
        return held.isEmpty();
    }

    boolean full() {
        return bytes >= MOST;
    }

    boolean fits(ByteBuf data) {
        return bytes + data.readableBytes() <= MOST;
    }

    /** Whether everything that was sent can be sent again. */
    boolean replayable() {
        return !lost;
    }

    /** There will be no other attempt. */
    void forget() {
        lost = true;
        for (ByteBuf data = held.pollFirst(); data != null; data = held.pollFirst()) {
            data.release();
        }
        bytes = 0;
    }

    /** Sends what is held, and keeps it if it might be needed again. {@code end}: nothing follows. */
    void sendTo(UpstreamStream stream, boolean keep, boolean end) {
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
}
