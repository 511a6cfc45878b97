package io.weft.sidecar.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random and mutated input: what we accept Netty reads alike, and nothing but a refusal ever comes of the rest. */
class Http1FuzzTest {

    private static final String[] SEEDS = {
        "GET /a?b=c HTTP/1.1\r\nHost: a.example:80\r\nAccept: */*\r\nCookie: a=b; c=d\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello",
        "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n5\r\nhello\r\n1a\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nX-T: 1\r\n\r\n",
        "OPTIONS * HTTP/1.0\r\nHost: [::1]\r\nConnection: keep-alive\r\n\r\n",
        "GET http://b.example/ HTTP/1.1\r\nhost: b.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    };
    private static final String SPICE = "\r\n\0\t :;,#@[]%+-0159afAFxX/*\u007f\u00ff";

    @Test
    void nothingButRefusals_andWhatWeAcceptNettyReadsAlike() {
        Random random = new Random(20261123);
        int accepted = 0;
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] input = round < SEEDS.length ? SEEDS[round].getBytes(StandardCharsets.ISO_8859_1) : mutate(random);
            List<String> ours = run(strict(), input, random);
            if (ours.contains("REFUSED")) {
                refused++;
            } else {
                accepted++;
                assertThat(ours).as(() -> new String(input, StandardCharsets.ISO_8859_1)).isEqualTo(run(new EmbeddedChannel(new HttpServerCodec(10000, 100000, 8192)), input, random));
            }
        }
        assertThat(accepted).isGreaterThan(500);
        assertThat(refused).isGreaterThan(5000);
    }

    @Test
    void answersFromUpstreamNeverThrow() {
        Random random = new Random(42);
        String seed = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        for (int round = 0; round < 10_000; round++) {
            EmbeddedChannel channel = new EmbeddedChannel(new StrictHttpClientCodec(Http1Limits.DEFAULT));
            channel.writeOutbound(new io.netty.handler.codec.http.DefaultFullHttpRequest(io.netty.handler.codec.http.HttpVersion.HTTP_1_1,
                    io.netty.handler.codec.http.HttpMethod.GET, "/"));
            channel.releaseOutbound();
            feed(channel, mutate(seed.getBytes(StandardCharsets.ISO_8859_1), random), random);
            channel.checkException();
            channel.finishAndReleaseAll();
        }
    }

    private static EmbeddedChannel strict() {
        EmbeddedChannel channel = new EmbeddedChannel();
        new StrictHttpServerCodec(Http1Limits.DEFAULT).addLast(channel.pipeline(), "codec");
        return channel;
    }

    private static byte[] mutate(Random random) {
        return mutate(SEEDS[random.nextInt(SEEDS.length)].getBytes(StandardCharsets.ISO_8859_1), random);
    }

    private static byte[] mutate(byte[] seed, Random random) {
        StringBuilder text = new StringBuilder(new String(seed, StandardCharsets.ISO_8859_1));
        for (int k = random.nextInt(4); k >= 0; k--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(5)) {
                case 0 -> text.setCharAt(at, SPICE.charAt(random.nextInt(SPICE.length())));
                case 1 -> text.insert(at, SPICE.charAt(random.nextInt(SPICE.length())));
                case 2 -> text.deleteCharAt(at);
                case 3 -> text.setCharAt(at, (char) random.nextInt(256));
                default -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(20))));
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void feed(EmbeddedChannel channel, byte[] input, Random random) {
        int at = 0;
        while (at < input.length && channel.isOpen()) {
            int n = Math.min(input.length - at, 1 + random.nextInt(random.nextBoolean() ? 8 : 200));
            channel.writeInbound(Unpooled.copiedBuffer(input, at, n));
            at += n;
        }
    }

    /** The first request only: ours holds the next one back until an answer. */
    private static List<String> run(EmbeddedChannel channel, byte[] input, Random random) {
        feed(channel, input, random);
        channel.checkException();
        List<String> seen = new ArrayList<>();
        StringBuilder body = new StringBuilder();
        boolean done = false;
        for (Object o = channel.readInbound(); o != null; o = channel.readInbound()) {
            if (!done) {
                if (((HttpObject) o).decoderResult().isFailure()) {
                    seen.add("REFUSED");
                } else if (o instanceof HttpRequest request) {
                    seen.add(request.method() + " " + request.uri() + " " + request.protocolVersion());
                    request.headers().forEach(e -> seen.add(e.getKey().toLowerCase(Locale.ROOT) + "=" + e.getValue()));
                }
                if (o instanceof HttpContent content) {
                    ByteBuf b = content.content();
                    body.append(b.toString(StandardCharsets.ISO_8859_1));
                }
                if (o instanceof LastHttpContent last) {
                    last.trailingHeaders().forEach(e -> seen.add("trailer " + e.getKey().toLowerCase(Locale.ROOT) + "=" + e.getValue()));
                    seen.add("end");
                    done = true;
                }
            }
            ReferenceCountUtil.release(o);
        }
        seen.add(body.toString());
        channel.finishAndReleaseAll();
        return seen;
    }
}
