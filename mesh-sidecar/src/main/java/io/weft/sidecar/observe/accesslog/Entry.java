package io.weft.sidecar.observe.accesslog;

import io.netty.util.NetUtil;
import io.weft.sidecar.http.RequestLog;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.tcp.TcpLog;
import io.weft.sidecar.tls.PeerIdentity;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** What a format can say, of a request or of a connection. Null: not known, {@code -} in a line. */
interface Entry {
    long startMillis();

    long durationNanos();

    long upstreamNanos();

    long received();

    long sent();

    int status();

    String flags();

    int grpcStatus();

    int attempts();

    @Nullable CharSequence requestHeader(String name);

    @Nullable CharSequence responseHeader(String name);

    @Nullable String protocol();

    @Nullable String details();

    @Nullable String upstreamFailure();

    @Nullable String upstreamHost();

    @Nullable String cluster();

    @Nullable String route();

    @Nullable SocketAddress upstreamLocal();

    SocketAddress local();

    SocketAddress remote();

    @Nullable PeerIdentity peer();

    @Nullable String serverName();

    /** A finished request. */
    record Request(RequestLog log) implements Entry {
        @Override
        public long startMillis() {
            return log.startEpochMillis();
        }

        @Override
        public long durationNanos() {
            return log.durationNanos();
        }

        @Override
        public long upstreamNanos() {
            return log.upstreamNanos();
        }

        @Override
        public long received() {
            return log.received();
        }

        @Override
        public long sent() {
            return log.sent();
        }

        @Override
        public int status() {
            return log.status();
        }

        @Override
        public String flags() {
            return log.flags();
        }

        @Override
        public int grpcStatus() {
            return log.grpcStatus();
        }

        @Override
        public int attempts() {
            return log.attempts();
        }

        @Override
        public @Nullable CharSequence requestHeader(String name) {
            return switch (name) {
                case ":method" -> log.request().method();
                case ":path" -> log.request().path();
                case ":authority" -> log.request().authority();
                case ":scheme" -> log.request().scheme();
                default -> log.request().get(name);
            };
        }

        @Override
        public @Nullable CharSequence responseHeader(String name) {
            HeaderBlock response = log.response();
            return response == null ? null : name.equals(":status") ? Integer.toString(log.status()) : response.get(name);
        }

        @Override
        public String protocol() {
            return log.request().protocol();
        }

        @Override
        public @Nullable String details() {
            return log.details();
        }

        @Override
        public @Nullable String upstreamFailure() {
            return log.upstreamFailure();
        }

        @Override
        public @Nullable String upstreamHost() {
            return log.upstreamHost();
        }

        @Override
        public @Nullable String cluster() {
            return log.clusterName();
        }

        @Override
        public @Nullable String route() {
            return log.routeName();
        }

        @Override
        public @Nullable SocketAddress upstreamLocal() {
            return log.upstreamLocal();
        }

        @Override
        public SocketAddress local() {
            return log.connection().local();
        }

        @Override
        public SocketAddress remote() {
            return log.connection().remote();
        }

        @Override
        public @Nullable PeerIdentity peer() {
            return log.connection().peer();
        }

        @Override
        public @Nullable String serverName() {
            PeerIdentity peer = peer();
            return peer == null ? null : peer.sni();
        }
    }

    /** A finished connection. */
    record Connection(TcpLog log) implements Entry {
        @Override
        public long startMillis() {
            return log.startEpochMillis();
        }

        @Override
        public long durationNanos() {
            return log.durationNanos();
        }

        @Override
        public long upstreamNanos() {
            return -1;
        }

        @Override
        public long received() {
            return log.received();
        }

        @Override
        public long sent() {
            return log.sent();
        }

        @Override
        public int status() {
            return 0;
        }

        @Override
        public String flags() {
            return log.flags();
        }

        @Override
        public int grpcStatus() {
            return -1;
        }

        @Override
        public int attempts() {
            return log.upstreamHost() == null ? 0 : 1;
        }

        @Override
        public @Nullable CharSequence requestHeader(String name) {
            return null;
        }

        @Override
        public @Nullable CharSequence responseHeader(String name) {
            return null;
        }

        @Override
        public @Nullable String protocol() {
            return null;
        }

        @Override
        public @Nullable String details() {
            return null;
        }

        @Override
        public @Nullable String upstreamFailure() {
            return log.upstreamFailure();
        }

        @Override
        public @Nullable String upstreamHost() {
            return log.upstreamHost();
        }

        @Override
        public @Nullable String cluster() {
            return log.clusterName();
        }

        @Override
        public @Nullable String route() {
            return null;
        }

        @Override
        public @Nullable SocketAddress upstreamLocal() {
            return log.upstreamLocal();
        }

        @Override
        public SocketAddress local() {
            return log.connection().channel().localAddress();
        }

        @Override
        public SocketAddress remote() {
            return log.connection().remote();
        }

        @Override
        public @Nullable PeerIdentity peer() {
            return log.connection().peer();
        }

        @Override
        public @Nullable String serverName() {
            return log.connection().serverName();
        }
    }

    /** {@code ip:port}, or {@code ip} alone. */
    static @Nullable String text(@Nullable SocketAddress address, boolean port) {
        if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
            return port ? NetUtil.toSocketAddressString(inet) : NetUtil.toAddressString(inet.getAddress());
        }
        return address == null ? null : address.toString();
    }
}
