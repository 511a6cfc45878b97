package io.weft.sidecar.observe.accesslog;

import io.weft.sidecar.http.RequestLog;
import io.weft.sidecar.message.HeaderBlock;
import io.weft.sidecar.message.RequestHead;
import io.weft.sidecar.observe.log.Finished;
import io.weft.sidecar.tcp.TcpLog;
import io.weft.sidecar.tls.PeerIdentity;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** What a format can say, of a request or of a connection. Null: not known, or nothing that a connection has, {@code -} in a line. */
interface Entry {
    /** What both have. */
    Finished log();

    int attempts();

    SocketAddress local();

    SocketAddress remote();

    @Nullable PeerIdentity peer();

    @Nullable String serverName();

    default long upstreamNanos() {
        return -1;
    }

    default int status() {
        return 0;
    }

    default int grpcStatus() {
        return -1;
    }

    default @Nullable RequestHead head() {
        return null;
    }

    /** Null when none was sent. */
    default @Nullable HeaderBlock answer() {
        return null;
    }

    default @Nullable String protocol() {
        return null;
    }

    default @Nullable String details() {
        return null;
    }

    /** Why a connection was ended on our side. */
    default @Nullable String terminated() {
        return null;
    }

    default @Nullable String route() {
        return null;
    }

    /** A finished request. */
    record Request(RequestLog log) implements Entry {
        @Override
        public int attempts() {
            return log.attempts();
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

        @Override
        public long upstreamNanos() {
            return log.upstreamNanos();
        }

        @Override
        public int status() {
            return log.status();
        }

        @Override
        public int grpcStatus() {
            return log.grpcStatus();
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
        public @Nullable String route() {
            return log.routeName();
        }
    }

    /** A finished connection. */
    record Connection(TcpLog log) implements Entry {
        @Override
        public int attempts() {
            return log.upstreamHost() == null ? 0 : 1;
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

        @Override
        public @Nullable String terminated() {
            return log.terminated();
        }
    }
}
