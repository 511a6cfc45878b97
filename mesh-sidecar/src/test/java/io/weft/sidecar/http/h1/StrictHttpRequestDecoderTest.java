package io.weft.sidecar.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictHttpRequestDecoderTest {

    private static final String HOST = "Host: a.example\r\n";

    static Stream<String> refusedHeads() {
        return Stream.of(
                // line ends, leading bytes, version
                "GET / HTTP/1.1\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\n",
                "GET / HTTP/1.1\rHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", "\r\nGET / HTTP/1.1\r\n" + HOST + "\r\n",
                " GET / HTTP/1.1\r\n" + HOST + "\r\n", "\0GET / HTTP/1.1\r\n" + HOST + "\r\n", "GET / HTTP/1.2\r\n" + HOST + "\r\n",
                "GET / HTTP/2.0\r\n" + HOST + "\r\n", "GET / HTTP/0.9\r\n" + HOST + "\r\n", "GET / http/1.1\r\n" + HOST + "\r\n",
                "GET / HTTP/1.1 \r\n" + HOST + "\r\n", "GET / HTTP/1.10\r\n" + HOST + "\r\n", "GET /\r\n", "GET  / HTTP/1.1\r\n" + HOST + "\r\n",
                "GET /  HTTP/1.1\r\n" + HOST + "\r\n", "GET\t/ HTTP/1.1\r\n" + HOST + "\r\n", "G(T / HTTP/1.1\r\n" + HOST + "\r\n",
                "M23456789012345678901234567890123 / HTTP/1.1\r\n" + HOST + "\r\n",
                // targets
                "GET /a\0b HTTP/1.1\r\n" + HOST + "\r\n", "GET /\u00e4 HTTP/1.1\r\n" + HOST + "\r\n", "GET /a#b HTTP/1.1\r\n" + HOST + "\r\n",
                "GET /a\u007f HTTP/1.1\r\n" + HOST + "\r\n", "GET /a\tb HTTP/1.1\r\n" + HOST + "\r\n", "GET * HTTP/1.1\r\n" + HOST + "\r\n",
                "OPTIONS ** HTTP/1.1\r\n" + HOST + "\r\n", "GET a HTTP/1.1\r\n" + HOST + "\r\n", "GET a.example:80 HTTP/1.1\r\n" + HOST + "\r\n",
                "CONNECT a.example:443 HTTP/1.1\r\n" + HOST + "\r\n", "GET http:///a HTTP/1.1\r\n" + HOST + "\r\n",
                "GET http://u@a.example/ HTTP/1.1\r\n" + HOST + "\r\n", "GET ftp://a.example/ HTTP/1.1\r\n" + HOST + "\r\n",
                "GET http://a.example:x/ HTTP/1.1\r\n" + HOST + "\r\n",
                // host
                "GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / HTTP/1.1\r\nHost:  \r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + HOST + "\r\n", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a:\r\n\r\n", "GET / HTTP/1.1\r\nHost: a:0\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n", "GET / HTTP/1.1\r\nHost: a:8a\r\n\r\n", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: []\r\n\r\n", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "GET / HTTP/1.1\r\nHost: \u00e4\r\n\r\n",
                // header lines
                "GET / HTTP/1.1\r\n" + HOST + "A: b\r\n c\r\n\r\n", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", "GET / HTTP/1.1\r\n" + HOST + "A : b\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + ": b\r\n\r\n", "GET / HTTP/1.1\r\n" + HOST + "A b\r\n\r\n", "GET / HTTP/1.1\r\n" + HOST + "A(: b\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "\u00e4: b\r\n\r\n", "GET / HTTP/1.1\r\n" + HOST + "A: b\0\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "A: \u0001\r\n\r\n", "GET / HTTP/1.1\r\n" + HOST + "A: b\u007f\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "A\0: b\r\n\r\n",
                // framing
                "POST / HTTP/1.1\r\n" + HOST + "Content-Length: +5\r\n\r\n", "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 5,5\r\n\r\n",
                "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
                "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n",
                "POST / HTTP/1.1\r\n" + HOST + "Content-Length: -1\r\n\r\n", "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 0x5\r\n\r\n",
                "POST / HTTP/1.1\r\n" + HOST + "Content-Length:\r\n\r\n", "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 5 5\r\n\r\n",
                "POST / HTTP/1.1\r\n" + HOST + "Content-Length: 9223372036854775808\r\n\r\n",
                "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
                "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: gzip, chunked\r\n\r\n",
                "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: identity\r\n\r\n",
                "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked, chunked\r\n\r\n",
                "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked;q=1\r\n\r\n",
                "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: xchunked\r\n\r\n", "POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding:\r\n\r\n",
                "POST / HTTP/1.0\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n");
    }

    static Stream<String> refusedBodies() {
        return Stream.of("5;a=b\r\nhello\r\n0\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n", "5\r\nhello\n0\r\n\r\n",
                "5\r\nhello!\r\n0\r\n\r\n", "\r\nhello", "g\r\n", "-1\r\n", "0x5\r\nhello\r\n", "00000000000000005\r\nhello\r\n", "8000000000000000\r\n",
                "ffffffffffffffff\r\n", "5\rhello", "0\r\nA : b\r\n\r\n", "0\r\n a: b\r\n\r\n", "0\r\nContent-Length: 5\r\n\r\n",
                "0\r\nTransfer-Encoding: chunked\r\n\r\n", "0\r\nHost: b\r\n\r\n", "0\r\nAuthorization: b\r\n\r\n", "0\r\nx: y\n\r\n", "0\r\n\n",
                "0\r\n" + "a: b\r\n".repeat(101) + "\r\n");
    }

    @ParameterizedTest
    @MethodSource("refusedHeads")
    void aBadHeadIsRefusedWithNothingBehindIt(String head) {
        byte[] bytes = (head + "GET /next HTTP/1.1\r\n" + HOST + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        for (int split = 0; split < bytes.length; split++) {
            List<Object> out = decode(bytes, split);
            assertThat(out).as("split at %d", split).hasSize(1);
            assertRefused(out.get(0), HttpResponseStatus.BAD_REQUEST);
        }
        assertThat(decodeByteByByte(bytes)).hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("refusedBodies")
    void aBadChunkIsRefusedAfterItsHead(String body) {
        byte[] bytes = ("POST / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n" + body).getBytes(StandardCharsets.ISO_8859_1);
        for (int split = 0; split < bytes.length; split++) {
            List<Object> out = decode(bytes, split);
            Object last = out.get(out.size() - 1);
            assertThat(last).as("split at %d", split).isInstanceOf(LastHttpContent.class);
            assertRefused(last, null);
            out.forEach(ReferenceCountUtil::release);
        }
    }

    @Test
    void largeHeadsAreRefusedWithTheirStatus() {
        assertRefused(only("GET /" + "a".repeat(9000) + " HTTP/1.1\r\n" + HOST + "\r\n"), HttpResponseStatus.REQUEST_URI_TOO_LONG);
        assertRefused(only("GET /" + "a".repeat(9000)), HttpResponseStatus.REQUEST_URI_TOO_LONG);
        assertRefused(only("GET / HTTP/1.1\r\n" + HOST + "a: b\r\n".repeat(100) + "\r\n"), HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE);
        assertRefused(only("GET / HTTP/1.1\r\n" + HOST + "a: " + "b".repeat(61 * 1024) + "\r\n\r\n"),
                HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE);
        assertRefused(only("GET / HTTP/1.1\r\n" + HOST + "a: " + "b".repeat(61 * 1024)), HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE);
        assertRefused(only("GET / HTTP/1.1\r\n" + HOST + ("a: " + "b".repeat(1000) + "\r\n").repeat(62) + "\r\n"),
                HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE);
    }

    @Test
    void limitsThemselvesAreAllowed() {
        List<Object> out = decode(bytes("GET /" + "a".repeat(8170) + " HTTP/1.1\r\n" + HOST + "a: b\r\n".repeat(99) + "\r\n"), 0);
        assertThat(out).hasSize(2);
        assertThat(((HttpRequest) out.get(0)).headers().getAll("a")).hasSize(99);
        assertThat(decode(bytes("GET / HTTP/1.1\r\n" + HOST + "a: " + "b".repeat(61_000) + "\r\n\r\n"), 0)).hasSize(2);
    }

    @Test
    void goodRequestsComeOutWholeAtEverySplit() {
        byte[] bytes = bytes("POST /a?b=c HTTP/1.1\r\nHost: [::1]:80\r\nX-Odd_Name: v \t\r\nx-odd_name:w\r\nEmpty:\r\nTransfer-Encoding: Chunked\r\n\r\n"
                + "5\r\nhello\r\n00A\r\n0123456789\r\n0\r\nX-Sum: 7\r\n\r\n");
        for (int split = 0; split < bytes.length; split++) {
            List<Object> out = decode(bytes, split);
            HttpRequest request = (HttpRequest) out.get(0);
            assertThat(request.method()).isEqualTo(HttpMethod.POST);
            assertThat(request.uri()).isEqualTo("/a?b=c");
            assertThat(request.headers().get("host")).isEqualTo("[::1]:80");
            assertThat(request.headers().getAll("x-odd_name")).containsExactly("v", "w");
            assertThat(request.headers().get("empty")).isEmpty();
            assertThat(body(out)).isEqualTo("hello0123456789");
            assertThat(((LastHttpContent) out.get(out.size() - 1)).trailingHeaders().get("x-sum")).isEqualTo("7");
        }
    }

    @Test
    void formsOfTargetThatAreAllowed() {
        for (String line : List.of("GET http://a.example/x", "GET HTTP://a.example:8080?x", "GET https://[::1]:1/", "OPTIONS *", "GET //x", "PURGE /x")) {
            List<Object> out = decode(bytes(line + " HTTP/1.1\r\n" + HOST + "\r\n"), 0);
            assertThat(((HttpObject) out.get(0)).decoderResult().isSuccess()).as(line).isTrue();
        }
        EmbeddedChannel channel = channel(new Http1Limits(8192, 60 * 1024, 100, true));
        channel.writeInbound(Unpooled.copiedBuffer(bytes("CONNECT a.example:443 HTTP/1.1\r\n" + HOST + "\r\n")));
        HttpRequest connect = channel.readInbound();
        assertThat(connect.method()).isEqualTo(HttpMethod.CONNECT);
        channel.finishAndReleaseAll();
    }

    @Test
    void theNextRequestWaitsForTheAnswer() {
        EmbeddedChannel channel = channel(Http1Limits.DEFAULT);
        channel.writeInbound(Unpooled.copiedBuffer(bytes("GET /1 HTTP/1.1\r\n" + HOST + "\r\nGET /2 HTTP/1.1\r\n" + HOST + "\r\n")));
        assertThat(((HttpRequest) channel.readInbound()).uri()).isEqualTo("/1");
        assertThat((Object) channel.readInbound()).isSameAs(LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat((Object) channel.readInbound()).isNull();
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        channel.runPendingTasks();
        assertThat((Object) channel.readInbound()).as("100 is not the answer").isNull();
        channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        channel.runPendingTasks();
        assertThat(((HttpRequest) channel.readInbound()).uri()).isEqualTo("/2");
        channel.finishAndReleaseAll();
    }

    @Test
    void aRepeatedHeadIsReadAsCarefullyAsTheFirst() {
        EmbeddedChannel channel = channel(Http1Limits.DEFAULT);
        String[] heads = {
            "GET /1 HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-B: 2\r\n\r\n", "GET /1 HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-B: 2\r\n\r\n",
            "GET /2 HTTP/1.1\r\nHost: a\r\nX-B: 2\r\n\r\n", "POST /2 HTTP/1.1\r\nHost: a\r\nX-B: 2\r\nContent-Length: 0\r\n\r\n",
            "POST /2 HTTP/1.1\r\nHost: a\r\nX-B: 2\r\nContent-Length: 0\r\n\r\n", "GET /1 HTTP/1.1\r\nHost: b\r\nX-A: 1\r\nX-B: 2\r\nX-B: 2\r\n\r\n",
            "GET /1 HTTP/1.1\r\nHost: b\r\nX-A: 1\r\n\r\n"
        };
        for (String head : heads) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes(head)));
            HttpRequest request = channel.readInbound();
            StringBuilder again = new StringBuilder(request.method() + " " + request.uri() + " HTTP/1.1\r\n");
            request.headers().forEach(e -> again.append(e.getKey()).append(": ").append(e.getValue()).append("\r\n"));
            assertThat(again.append("\r\n").toString()).isEqualToIgnoringCase(head);
            assertThat((Object) channel.readInbound()).isSameAs(LastHttpContent.EMPTY_LAST_CONTENT);
            channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        }
        channel.writeInbound(Unpooled.copiedBuffer(bytes("GET /1 HTTP/1.1\r\nHost: b\r\nX-A: 1\r\nHost: b\r\n\r\n")));
        assertRefused(channel.readInbound(), HttpResponseStatus.BAD_REQUEST);
        channel.finishAndReleaseAll();
    }

    @Test
    void answersAreFramedForTheirRequest() {
        assertThat(answer("GET / HTTP/1.1\r\n", 200, null, "hi")).isEqualTo("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
        assertThat(answer("GET / HTTP/1.0\r\n", 200, null, "hi")).isEqualTo("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhi");
        assertThat(answer("GET / HTTP/1.1\r\n", 200, "2", "hi")).isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");
        assertThat(answer("HEAD / HTTP/1.1\r\n", 200, "2", "hi")).isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n");
        assertThat(answer("GET / HTTP/1.1\r\n", 304, "2", "hi")).isEqualTo("HTTP/1.1 304 Not Modified\r\ncontent-length: 2\r\n\r\n");
        assertThat(answer("GET / HTTP/1.1\r\n", 204, "2", "hi")).isEqualTo("HTTP/1.1 204 No Content\r\n\r\n");
    }

    @Test
    void after101BytesPassBothWays() {
        EmbeddedChannel channel = channel(Http1Limits.DEFAULT);
        channel.writeInbound(Unpooled.copiedBuffer(bytes("GET / HTTP/1.1\r\n" + HOST + "Upgrade: x\r\nConnection: upgrade\r\n\r\nearly\n")));
        channel.readInbound();
        channel.readInbound();
        assertThat((Object) channel.readInbound()).isNull();
        channel.writeOutbound(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS), LastHttpContent.EMPTY_LAST_CONTENT);
        channel.runPendingTasks();
        channel.writeInbound(Unpooled.copiedBuffer(bytes("late\n")));
        channel.writeOutbound(Unpooled.copiedBuffer(bytes("down")));
        assertThat(text(channel.readInbound())).isEqualTo("early\n");
        assertThat(text(channel.readInbound())).isEqualTo("late\n");
        assertThat(written(channel)).isEqualTo("HTTP/1.1 101 Switching Protocols\r\n\r\ndown");
        channel.finishAndReleaseAll();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"})
    void a101WrittenWhileTheHeadIsReadIsObeyedAtOnce(String framing) {
        EmbeddedChannel channel = channel(Http1Limits.DEFAULT);
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                if (message instanceof HttpRequest) {
                    ctx.writeAndFlush(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS));
                }
                ctx.fireChannelRead(message);
            }
        });
        channel.writeInbound(Unpooled.copiedBuffer(
                bytes("GET / HTTP/1.1\r\n" + HOST + "Upgrade: x\r\nConnection: upgrade\r\n" + framing + "\r\n")));
        channel.writeInbound(Unpooled.copiedBuffer(bytes("later")));
        channel.checkException();
        assertThat((Object) channel.readInbound()).isInstanceOf(HttpRequest.class);
        if (framing.isEmpty()) {
            assertThat((Object) channel.readInbound()).isSameAs(LastHttpContent.EMPTY_LAST_CONTENT);
        }
        assertThat(text(channel.readInbound())).isEqualTo("later");
        channel.finishAndReleaseAll();
    }

    private static String answer(String line, int status, String length, String body) {
        EmbeddedChannel channel = channel(Http1Limits.DEFAULT);
        channel.writeInbound(Unpooled.copiedBuffer(bytes(line + HOST + "\r\n")));
        DefaultHttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
        if (length != null) {
            response.headers().set("content-length", length);
        }
        channel.writeOutbound(response, new DefaultHttpContent(Unpooled.copiedBuffer(bytes(body))), LastHttpContent.EMPTY_LAST_CONTENT);
        String text = written(channel);
        channel.finishAndReleaseAll();
        return text;
    }

    private static String written(EmbeddedChannel channel) {
        StringBuilder all = new StringBuilder();
        for (ByteBuf b = channel.readOutbound(); b != null; b = channel.readOutbound()) {
            all.append(text(b));
        }
        return all.toString();
    }

    private static String text(Object buffer) {
        ByteBuf b = (ByteBuf) buffer;
        String text = b.toString(StandardCharsets.ISO_8859_1);
        b.release();
        return text;
    }

    private static Object only(String bytes) {
        List<Object> out = decode(bytes(bytes), 0);
        assertThat(out).hasSize(1);
        return out.get(0);
    }

    private static void assertRefused(Object message, HttpResponseStatus status) {
        assertThat(((HttpObject) message).decoderResult().isFailure()).as("refused: %s", message).isTrue();
        assertThat(((HttpObject) message).decoderResult().cause()).isInstanceOf(Http1Refusal.class);
        if (status != null) {
            assertThat(((Http1Refusal) ((HttpObject) message).decoderResult().cause()).status()).isEqualTo(status);
        }
    }

    private static String body(List<Object> out) {
        StringBuilder body = new StringBuilder();
        for (Object o : out) {
            if (o instanceof HttpContent content) {
                body.append(content.content().toString(StandardCharsets.ISO_8859_1));
                content.release();
            }
        }
        return body.toString();
    }

    private static byte[] bytes(String s) {
        return s.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static EmbeddedChannel channel(Http1Limits limits) {
        EmbeddedChannel channel = new EmbeddedChannel();
        new StrictHttpServerCodec(limits).addLast(channel.pipeline(), "codec");
        return channel;
    }

    static List<Object> decode(byte[] bytes, int split) {
        EmbeddedChannel channel = channel(Http1Limits.DEFAULT);
        if (split > 0) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes, 0, split));
        }
        channel.writeInbound(Unpooled.copiedBuffer(bytes, split, bytes.length - split));
        return drain(channel);
    }

    private static List<Object> decodeByteByByte(byte[] bytes) {
        EmbeddedChannel channel = channel(Http1Limits.DEFAULT);
        for (int i = 0; i < bytes.length; i++) {
            channel.writeInbound(Unpooled.copiedBuffer(bytes, i, 1));
        }
        return drain(channel);
    }

    private static List<Object> drain(EmbeddedChannel channel) {
        List<Object> out = new ArrayList<>();
        for (Object o = channel.readInbound(); o != null; o = channel.readInbound()) {
            out.add(o);
        }
        channel.finishAndReleaseAll();
        return out;
    }
}
