package io.weft.sidecar.http;

import io.netty.buffer.ByteBuf;

/** Counts gRPC messages as their frames go by: a flag, four bytes of length, that many bytes (grpc's PROTOCOL-HTTP2). */
final class GrpcMessages {
    private static final int PREFIX = 5;

    private long count;
    private int prefixSeen;
    private long length;
    private long left;

    void see(ByteBuf data) {
        int at = data.readerIndex();
        int end = data.writerIndex();
        while (at < end) {
            if (left > 0) {
                long skip = Math.min(left, end - at);
                left -= skip;
                at += (int) skip;
            } else {
                prefix(data.getByte(at++) & 0xff);
            }
        }
    }

    private void prefix(int value) {
        length = prefixSeen == 0 ? 0 : length << 8 | value;
        if (++prefixSeen == PREFIX) {
            prefixSeen = 0;
            left = length;
            count++;
        }
    }

    long count() {
        return count;
    }
}
