package io.weft.sidecar.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcMessagesTest {

    /** Three messages: 3 bytes, none, 300 bytes. */
    private static ByteBuf three() {
        return Unpooled.buffer()
                .writeByte(0).writeInt(3).writeBytes(new byte[3])
                .writeByte(1).writeInt(0)
                .writeByte(0).writeInt(300).writeBytes(new byte[300]);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 64, 1000})
    void messagesAreCountedHoweverTheyAreCut(int piece) {
        GrpcMessages messages = new GrpcMessages();
        ByteBuf all = three();
        while (all.isReadable()) {
            messages.see(all.readSlice(Math.min(piece, all.readableBytes())));
        }
        assertThat(messages.count()).isEqualTo(3);
        messages.see(Unpooled.wrappedBuffer(new byte[] {0, 0, 0}));
        assertThat(messages.count()).as("a message that has not begun").isEqualTo(3);
    }

    @Test
    void aLengthOfFourGigabytesIsJustALength() {
        GrpcMessages messages = new GrpcMessages();
        messages.see(Unpooled.wrappedBuffer(new byte[] {0, -1, -1, -1, -1, 0, 0, 0, 0, 1, 1}));
        assertThat(messages.count()).isEqualTo(1);
    }
}
