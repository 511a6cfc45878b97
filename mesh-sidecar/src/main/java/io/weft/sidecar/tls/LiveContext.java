package io.weft.sidecar.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.internal.tcnative.SSL;
import io.netty.util.IllegalReferenceCountException;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** The newest Netty context for one spec. Every engine holds a reference of its own, so replacing one never cuts a connection. */
final class LiveContext {

    private final TlsSpec spec;
    private final long handshakeTimeoutMillis;
    private volatile @Nullable SslContext context;

    /** Guarded by the owning {@link TlsContexts}. */
    int leases;

    LiveContext(TlsSpec spec, Duration handshakeTimeout) {
        this.spec = spec;
        this.handshakeTimeoutMillis = handshakeTimeout.toMillis();
    }

    TlsSpec spec() {
        return spec;
    }

    boolean ready() {
        return context != null;
    }

    /** Called under the lock of the owning {@link TlsContexts}. */
    void replace(@Nullable SslContext next) {
        SslContext previous = context;
        context = next;
        ReferenceCountUtil.release(previous);
    }

    SslHandler newHandler(ByteBufAllocator allocator) {
        for (SslContext current = context; current != null; current = context) {
            try {
                SslHandler handler = make(current, allocator);
                handler.setHandshakeTimeoutMillis(handshakeTimeoutMillis);
                return handler;
            } catch (IllegalReferenceCountException replacedMeanwhile) {
                if (context == current) {
                    throw replacedMeanwhile;
                }
            }
        }
        throw new TlsUnavailableException(spec.usesIdentity() ? "no workload certificate yet" : "TLS context is closed");
    }

    private SslHandler make(SslContext current, ByteBufAllocator allocator) {
        SslHandler handler = current.newHandler(allocator);
        withoutTickets(handler.engine());
        String name = spec.serverName();
        if (name != null) {
            ServerName.send(handler.engine(), name);
        }
        return handler;
    }

    /** Netty allows them again to every engine that speaks TLS 1.3, whatever its context says of sessions. */
    private static void withoutTickets(SSLEngine engine) {
        if (engine instanceof ReferenceCountedOpenSslEngine boring) {
            SSL.setOptions(boring.sslPointer(), SSL.SSL_OP_NO_TICKET);
        }
    }
}
