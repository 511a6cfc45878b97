package io.weft.gateway.engine;

import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamVisitor;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;

/**
 * An HTTP/2 connection some of whose streams belong to Netty's multiplexer and the others to the engine.
 *
 * <p>The multiplexer believes that every active stream has a child channel of its own, and when the connection becomes writable it tells
 * them all; it would fail the connection at the first stream of the engine's. While it is being told something it therefore only sees
 * its own.
 */
final class MixedConnection extends DefaultHttp2Connection {

    private final IntObjectMap<Boolean> multiplexed = new IntObjectHashMap<>();
    private boolean onlyMultiplexed;

    MixedConnection() {
        super(true);
    }

    boolean isMultiplexed(int stream) {
        return multiplexed.containsKey(stream);
    }

    void multiplexed(int stream) {
        multiplexed.put(stream, Boolean.TRUE);
    }

    /** Whether the stream was the multiplexer's. */
    boolean gone(int stream) {
        return multiplexed.remove(stream) != null;
    }

    int multiplexed() {
        return multiplexed.size();
    }

    /** Runs {@code tell} with the engine's streams hidden. Event loop only. */
    void hidingOthers(Runnable tell) {
        onlyMultiplexed = true;
        try {
            tell.run();
        } finally {
            onlyMultiplexed = false;
        }
    }

    @Override
    public Http2Stream forEachActiveStream(Http2StreamVisitor visitor) throws Http2Exception {
        if (!onlyMultiplexed) {
            return super.forEachActiveStream(visitor);
        }
        return super.forEachActiveStream(stream -> !isMultiplexed(stream.id()) || visitor.visit(stream));
    }
}
