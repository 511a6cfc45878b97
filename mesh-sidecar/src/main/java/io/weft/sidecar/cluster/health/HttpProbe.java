package io.weft.sidecar.cluster.health;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.weft.sidecar.resource.HealthCheckResource;
import io.weft.sidecar.resource.NetAddress;
import java.net.InetSocketAddress;
import java.util.stream.Collectors;
import reactor.netty.resources.LoopResources;

/** GET over HTTP/1.1; the status is the answer, a body is not read. */
final class HttpProbe extends ConnectProbe {
    private final HealthCheckResource.Probe.Http http;
    private final String hostname;

    HttpProbe(LoopResources loops, EventLoop loop, HealthCheckResource.Probe.Http http, String hostname) {
        super(loops, loop);
        this.http = http;
        this.hostname = hostname;
    }

    @Override
    void prepare(Channel channel) {
        channel.pipeline().addLast(new HttpClientCodec(4096, 64 * 1024, 8192));
    }

    @Override
    ChannelHandler conversation(InetSocketAddress address, Answer answer) {
        return new Conversation(address, answer);
    }

    private final class Conversation extends SimpleChannelInboundHandler<HttpObject> {
        private final InetSocketAddress address;
        private final Answer answer;

        Conversation(InetSocketAddress address, Answer answer) {
            this.address = address;
            this.answer = answer;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            DefaultFullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, http.path());
            request.headers()
                    .set(HttpHeaderNames.HOST, host())
                    .set(HttpHeaderNames.USER_AGENT, "weft-health-check")
                    .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            ctx.writeAndFlush(request);
        }

        /** Envoy takes the cluster's name where none is configured; that of an inbound cluster is no host name, and applications refuse it. */
        private String host() {
            if (!http.host().isEmpty()) {
                return http.host();
            }
            return hostname.isEmpty()
                    ? new NetAddress(address.getAddress().getHostAddress(), address.getPort()).toString()
                    : hostname;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, HttpObject message) {
            if (message.decoderResult().isFailure()) {
                answer.done("GET " + http.path() + ": not HTTP/1.1");
            } else if (message instanceof HttpResponse response && response.status().code() >= 200) {
                int status = response.status().code();
                answer.done(expected(status) ? null : "GET " + http.path() + ": " + status + " (expected: " + wanted() + ")");
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            answer.done("GET " + http.path() + ": closed without an answer");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            answer.done("GET " + http.path() + ": " + cause.getMessage());
        }
    }

    private boolean expected(int status) {
        if (http.statuses().isEmpty()) {
            return status == 200;
        }
        return http.statuses().stream().anyMatch(range -> status >= range.start() && status < range.end());
    }

    private String wanted() {
        return http.statuses().isEmpty()
                ? "200"
                : http.statuses().stream()
                        .map(r -> r.end() == r.start() + 1 ? "" + r.start() : r.start() + " to " + (r.end() - 1))
                        .collect(Collectors.joining(", "));
    }
}
