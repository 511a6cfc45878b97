package io.weft.sidecar.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StrictHttpClientCodecTest {

    private final StrictHttpClientCodec codec = new StrictHttpClientCodec(Http1Limits.DEFAULT);
    private final EmbeddedChannel channel = new EmbeddedChannel(codec);

    static Stream<String> brokenAnswers() {
        return Stream.of("HTTP/2.0 200 OK\r\n\r\n", "HTP/1.1 200 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
                "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 200 OK\nA: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 102 Processing\r\n\r\n", "HTTP/1.1 101 Switching\r\n\r\n",
                "HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 100 C\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 200 O\0K\r\n\r\n");
    }

    @ParameterizedTest
    @MethodSource("brokenAnswers")
    void aBrokenAnswerIsRefusedAtEverySplit(String answer) {
        byte[] bytes = answer.getBytes(StandardCharsets.ISO_8859_1);
        for (int split = 1; split < bytes.length; split++) {
            StrictHttpClientCodec own = new StrictHttpClientCodec(Http1Limits.DEFAULT);
            EmbeddedChannel c = new EmbeddedChannel(own);
            ask(c, HttpMethod.GET);
            c.writeInbound(Unpooled.copiedBuffer(bytes, 0, split));
            c.writeInbound(Unpooled.copiedBuffer(bytes, split, bytes.length - split));
            HttpObject first = c.readInbound();
            assertThat(first.decoderResult().isFailure()).as("split at %d", split).isTrue();
            assertThat(own.reusable()).isFalse();
            c.finishAndReleaseAll();
        }
    }

    @Test
    void aGoodAnswerLeavesTheConnectionReusable() {
        ask(channel, HttpMethod.GET);
        receive("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        assertThat(((HttpResponse) channel.readInbound()).status().code()).isEqualTo(200);
        HttpContent body = channel.readInbound();
        assertThat(body).isInstanceOf(LastHttpContent.class);
        assertThat(body.content().toString(StandardCharsets.ISO_8859_1)).isEqualTo("hi");
        body.release();
        assertThat(codec.reusable()).isTrue();
        assertThat(channel.isOpen()).isTrue();
        channel.finishAndReleaseAll();
    }

    @Test
    void aByteWhileIdleClosesTheConnection() {
        receive("H");
        assertThat(channel.isOpen()).isFalse();
        assertThat((Object) channel.readInbound()).isNull();
    }

    @Test
    void aBodyAfterTheAnswerToHeadClosesTheConnection() {
        ask(channel, HttpMethod.HEAD);
        receive("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        assertThat(channel.isOpen()).isFalse();
        assertThat(codec.reusable()).isFalse();
        channel.finishAndReleaseAll();
    }

    @Test
    void aSecondAnswerClosesTheConnection() {
        ask(channel, HttpMethod.GET);
        receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertThat(channel.isOpen()).isFalse();
        assertThat(codec.reusable()).isFalse();
        channel.finishAndReleaseAll();
    }

    @Test
    void connectionCloseAndUnknownLengthAreNotReused() {
        ask(channel, HttpMethod.GET);
        receive("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        assertThat(codec.reusable()).isFalse();
        channel.finishAndReleaseAll();

        StrictHttpClientCodec own = new StrictHttpClientCodec(Http1Limits.DEFAULT);
        EmbeddedChannel c = new EmbeddedChannel(own);
        ask(c, HttpMethod.GET);
        c.writeInbound(Unpooled.copiedBuffer("HTTP/1.1 200\r\n\r\nabc", StandardCharsets.ISO_8859_1));
        c.readInbound();
        ((HttpContent) c.readInbound()).release();
        c.close();
        assertThat((Object) c.readInbound()).isSameAs(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(own.reusable()).isFalse();
    }

    @Test
    void interimAnswersComeBeforeTheFinalOne() {
        ask(channel, HttpMethod.GET);
        receive("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        assertThat(((HttpResponse) channel.readInbound()).status().code()).isEqualTo(100);
        assertThat(((HttpResponse) channel.readInbound()).headers().get("link")).isEqualTo("x");
        assertThat(((HttpResponse) channel.readInbound()).status().code()).isEqualTo(200);
        assertThat((Object) channel.readInbound()).isSameAs(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(codec.reusable()).isTrue();
        channel.finishAndReleaseAll();
    }

    @Test
    void endlessInterimAnswersAreRefused() {
        ask(channel, HttpMethod.GET);
        receive("HTTP/1.1 100 Continue\r\n\r\n".repeat(17));
        HttpObject last = null;
        for (HttpObject o = channel.readInbound(); o != null; o = channel.readInbound()) {
            last = o;
        }
        assertThat(last).isNotNull();
        assertThat(last.decoderResult().isFailure()).isTrue();
        channel.finishAndReleaseAll();
    }

    @Test
    void aRequestInPartsGoesOutInChunks() {
        DefaultHttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/x");
        request.headers().set("host", "a").set("transfer-encoding", "chunked");
        DefaultLastHttpContent last = new DefaultLastHttpContent();
        last.trailingHeaders().set("x-sum", "1");
        channel.writeOutbound(request, new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[3000])), last);
        StringBuilder all = new StringBuilder();
        for (ByteBuf b = channel.readOutbound(); b != null; b = channel.readOutbound()) {
            all.append(b.toString(StandardCharsets.ISO_8859_1));
            b.release();
        }
        assertThat(all.toString()).isEqualTo("POST /x HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nbb8\r\n" + "\0".repeat(3000)
                + "\r\n0\r\nx-sum: 1\r\n\r\n");
        channel.finishAndReleaseAll();
    }

    @Test
    void neverPipelines_andNeverWritesALineBreakFromAHeader() {
        DefaultHttpRequest split = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/",
                io.netty.handler.codec.http.DefaultHttpHeadersFactory.headersFactory().withValidation(false));
        split.headers().set("x", "a\r\nb: c");
        assertThat(channel.write(split).cause()).isInstanceOf(IllegalArgumentException.class);
        ask(channel, HttpMethod.GET);
        assertThat(channel.write(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/")).cause()).isInstanceOf(IllegalStateException.class);
        channel.finishAndReleaseAll();
    }

    private void receive(String bytes) {
        channel.writeInbound(Unpooled.copiedBuffer(bytes, StandardCharsets.ISO_8859_1));
    }

    private static void ask(EmbeddedChannel channel, HttpMethod method) {
        DefaultHttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, method, "/");
        request.headers().set("host", "a");
        channel.writeOutbound(request, LastHttpContent.EMPTY_LAST_CONTENT);
        channel.releaseOutbound();
    }
}
