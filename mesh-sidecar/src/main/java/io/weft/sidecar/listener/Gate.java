package io.weft.sidecar.listener;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.NetUtil;
import io.weft.sidecar.http.DownstreamConnection;
import io.weft.sidecar.http.HttpManager;
import io.weft.sidecar.http.h1.Http1Limits;
import io.weft.sidecar.loop.Deadline;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.secret.TlsBinding;
import io.weft.sidecar.tls.PeerIdentity;
import io.weft.sidecar.tls.TlsContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * First in every accepted pipeline. Looks at the first bytes (bounded in size and time), chooses the filter chain, puts TLS and what follows in
 * place, hands the bytes on and leaves. A connection that no chain wants is closed without an answer.
 */
final class Gate extends ChannelInboundHandlerAdapter {
    static final String NAME = "weft.gate";
    private static final String WAIT = "weft.afterTls";
    private static final ClientHello NO_HELLO = new ClientHello("", List.of());
    private static final long LOOK_MILLIS = 10_000;

    private final LiveListener listener;
    private final PipelineAssembly assembly;
    private final Deadline patience = new Deadline() {
        @Override
        protected void expired() {
            looked(true);
        }
    };
    private @Nullable ChannelHandlerContext ctx;
    private @Nullable ByteBuf bytes;
    private @Nullable InetSocketAddress proxied;

    Gate(LiveListener listener, PipelineAssembly assembly) {
        this.listener = listener;
        this.assembly = assembly;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        ListenerState state = listener.state();
        long wanted = state == null ? 0 : state.resource().inspectTimeout().toMillis();
        LoopState.of(context.channel().eventLoop()).timers().arm(patience, wanted > 0 ? Math.min(wanted, LOOK_MILLIS) : LOOK_MILLIS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        LoopState.of(context.channel().eventLoop()).timers().cancel(patience);
        ByteBuf held = bytes;
        if (held != null) {
            bytes = null;
            held.release();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        context.fireChannelActive();
        ListenerState state = listener.state();
        if (state == null) {
            context.close();
        } else if (!state.looksAtBytes()) {
            decide(context, state, false, NO_HELLO);
        } else if (!context.channel().config().isAutoRead()) {
            context.read();
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HAProxyMessage header) {
            proxied = address(header);
            header.release();
            return;
        }
        if (!(message instanceof ByteBuf data)) {
            context.fireChannelRead(message);
            return;
        }
        ByteBuf held = bytes;
        // merged by copying: wrapping would nest a buffer for every byte that a slow client sends on its own
        bytes = held == null ? data : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), held, data);
        looked(false);
    }

    private static @Nullable InetSocketAddress address(HAProxyMessage header) {
        byte[] ip = header.sourceAddress() == null ? null : NetUtil.createByteArrayFromIpAddressString(header.sourceAddress());
        try {
            return ip == null ? null : new InetSocketAddress(InetAddress.getByAddress(ip), header.sourcePort());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of a wrong length", e);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.fireChannelReadComplete();
        if (bytes != null && !context.channel().config().isAutoRead()) {
            context.read();
        }
    }

    private void looked(boolean timeIsUp) {
        ChannelHandlerContext context = ctx;
        if (context == null) {
            return;
        }
        ListenerState state = listener.state();
        if (state == null) {
            context.close();
            return;
        }
        ByteBuf seen = bytes;
        if (seen == null || !seen.isReadable()) {
            if (timeIsUp && state.resource().continueOnInspectTimeout()) {
                decide(context, state, false, NO_HELLO);
            } else if (timeIsUp) {
                context.close();
            }
            return;
        }
        if (!ClientHello.looksLikeTls(seen)) {
            decide(context, state, false, NO_HELLO);
            return;
        }
        if (timeIsUp) {
            context.close();
            return;
        }
        try {
            ClientHello hello = ClientHello.peek(seen);
            if (hello != null) {
                decide(context, state, true, hello);
            }
        } catch (IllegalArgumentException notTls) {
            listener.refused().increment();
            context.close();
        }
    }

    private void decide(ChannelHandlerContext context, ListenerState state, boolean tls, ClientHello hello) {
        Channel channel = context.channel();
        InetSocketAddress direct = inet(channel.remoteAddress());
        Arrival arrival =
                new Arrival(inet(channel.localAddress()), direct, proxied == null ? direct : proxied, tls, hello);
        Chain chain = state.choose(arrival);
        TlsBinding binding = chain == null ? null : chain.tls();
        TlsContext terminates = binding == null ? null : binding.ready();
        if (chain == null || binding != null && (terminates == null || !tls)) {
            listener.refused().increment();
            context.close();
            return;
        }
        if (terminates != null) {
            terminates.addAfter(channel.pipeline(), NAME);
            channel.pipeline().addAfter(TlsContext.PEER_HANDLER, WAIT, new AfterTls(chain, arrival));
        } else if (!complete(channel, chain, arrival, false)) {
            context.close();
            return;
        }
        leave(context);
    }

    private static InetSocketAddress inet(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet : InetSocketAddress.createUnresolved("unix", 0);
    }

    private void leave(ChannelHandlerContext context) {
        ByteBuf held = bytes;
        bytes = null;
        if (held != null) {
            context.fireChannelRead(held);
            context.fireChannelReadComplete();
        }
        if (!context.isRemoved()) {
            context.pipeline().remove(this);
        }
        if (!context.channel().config().isAutoRead()) {
            context.channel().read();
        }
    }

    /** False: policy refuses the connection. */
    private boolean complete(Channel channel, Chain chain, Arrival arrival, boolean tls) {
        PeerIdentity peer = tls ? PeerIdentity.of(channel) : null;
        TcpTail tail = chain.tcp();
        if (!chain.allows(arrival, peer)) {
            if (tail != null) {
                tail.denied(channel, arrival.remote(), arrival.hello().serverName());
            }
            return false;
        }
        HttpManager http = chain.http();
        if (tail != null) {
            tail.install(channel, arrival.remote(), arrival.hello().serverName());
            return true;
        }
        if (http == null) {
            return false;
        }
        DownstreamConnection connection = new DownstreamConnection(channel, http, tls, arrival.remote(), arrival.local());
        String agreed = peer == null ? null : peer.applicationProtocol();
        HttpManagerResource.Codec codec = http.settings().codec();
        if (codec == HttpManagerResource.Codec.HTTP2 || "h2".equals(agreed) || "istio-h2".equals(agreed)) {
            assembly.http2(channel.pipeline(), connection);
        } else if (codec == HttpManagerResource.Codec.HTTP1 || "http/1.1".equals(agreed) || "istio-http/1.1".equals(agreed)) {
            assembly.http1(channel.pipeline(), connection, limits(http.settings()));
        } else {
            PrefaceSniffer sniffer = new PrefaceSniffer(assembly, connection, limits(http.settings()));
            if (tls) {
                channel.pipeline().addAfter(WAIT, PrefaceSniffer.NAME, sniffer);
            } else {
                channel.pipeline().addAfter(NAME, PrefaceSniffer.NAME, sniffer);
            }
        }
        return true;
    }

    private static Http1Limits limits(HttpManagerResource settings) {
        Http1Limits usual = Http1Limits.DEFAULT;
        return new Http1Limits(
                usual.maxStartLineBytes(),
                settings.maxRequestHeadersKb() == 0 ? usual.maxHeaderBytes() : settings.maxRequestHeadersKb() * 1024,
                settings.maxHeadersCount() == 0 ? usual.maxHeaderLines() : settings.maxHeadersCount(),
                settings.upgradeTypes().contains("connect"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }

    /** Completes the pipeline when the handshake is done. */
    private final class AfterTls extends ChannelInboundHandlerAdapter {
        private final Chain chain;
        private final Arrival arrival;

        private AfterTls(Chain chain, Arrival arrival) {
            this.chain = chain;
            this.arrival = arrival;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof SslHandshakeCompletionEvent handshake) {
                if (!handshake.isSuccess() || !complete(context.channel(), chain, arrival, true)) {
                    context.close();
                    return;
                }
                context.pipeline().remove(this);
                if (!context.channel().config().isAutoRead()) {
                    context.channel().read();
                }
                return;
            }
            context.fireUserEventTriggered(event);
        }

        /** A handshake that fails is told here too; it has been counted by its event. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
