package io.weft.sidecar.observe.accesslog;

import io.weft.sidecar.http.RequestLog;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.tcp.TcpLog;
import io.weft.sidecar.tls.PeerIdentity;
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

    /** Null for a connection. */
    @Nullable RequestHead head();

    /** Null when none was sent. */
    @Nullable HeaderBlock answer();

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
        public RequestHead head() {
            return log.request();
        }

        @Override
        public @Nullable HeaderBlock answer() {
            return log.response();
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
        public @Nullable RequestHead head() {
            return null;
        }

        @Override
        public @Nullable HeaderBlock answer() {
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

}
