package io.weft.sidecar.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.SslContextBuilder;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

class ClientHelloTest {
    private static ByteBuf hello(String name, String... alpn) throws Exception {
        SSLEngine engine = SslContextBuilder.forClient().sslProvider(io.netty.handler.ssl.SslProvider.JDK).build()
                .newEngine(io.netty.buffer.UnpooledByteBufAllocator.DEFAULT, name, 443);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(alpn);
        engine.setSSLParameters(parameters);
        java.nio.ByteBuffer out = java.nio.ByteBuffer.allocate(32 * 1024);
        engine.beginHandshake();
        engine.wrap(java.nio.ByteBuffer.allocate(0), out);
        return Unpooled.wrappedBuffer(out.flip());
    }

    @Test
    void nameAndProtocolsAreRead_howeverFewBytesComeAtATime() throws Exception {
        ByteBuf whole = hello("Reviews.example.com", "istio", "h2");
        for (int n = 1; n < whole.readableBytes(); n++) {
            assertThat(ClientHello.peek(whole.slice(0, n))).isNull();
        }
        ClientHello hello = ClientHello.peek(whole);
        assertThat(hello).isNotNull();
        assertThat(hello.serverName()).isEqualTo("reviews.example.com");
        assertThat(hello.protocols()).containsExactly("istio", "h2");
        assertThat(whole.readerIndex()).isZero();
    }

    @Test
    void aHelloSplitOverRecordsIsPutTogether() throws Exception {
        ByteBuf whole = hello("a.example.com");
        ByteBuf body = whole.slice(5, whole.readableBytes() - 5);
        ByteBuf split = Unpooled.buffer();
        while (body.isReadable()) {
            int n = Math.min(50, body.readableBytes());
            split.writeByte(22).writeShort(0x0301).writeShort(n).writeBytes(body, n);
        }
        ClientHello hello = ClientHello.peek(split);
        assertThat(hello).isNotNull();
        assertThat(hello.serverName()).isEqualTo("a.example.com");
    }

    @Test
    void whatIsNoHelloIsRefused() {
        assertThatThrownBy(() -> ClientHello.peek(Unpooled.wrappedBuffer(new byte[] {22, 2, 0, 0, 5, 1, 2, 3})))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ClientHello.peek(Unpooled.wrappedBuffer(new byte[] {22, 3, 1, 0x7f, 0, 1, 2, 3})))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ClientHello.peek(Unpooled.wrappedBuffer(new byte[] {22, 3, 1, 0, 4, 1, 0, 0, 0})))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
