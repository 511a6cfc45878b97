package io.weft.sidecar.tls;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import io.weft.sidecar.identity.AllowedPeers;
import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.Svid;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and shares the TLS contexts of one process part. Contexts made from the workload's identity are rebuilt when it rotates; old
 * connections keep what they have, new ones get the new certificates. Sessions are never resumed (with the JDK's TLS: for a second at most, and
 * not in a context that was rebuilt), so that a change of trust reaches every later connection.
 */
public final class TlsContexts implements AutoCloseable {

    /** How long a handshake may take by default. */
    public static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

    private static final Logger log = LoggerFactory.getLogger(TlsContexts.class);

    private final SslContextFactory factory;
    private final Duration handshakeTimeout;
    private final Map<Wanted, LiveContext> live = new HashMap<>();
    private final IdentitySource source;
    private final IdentitySource.Subscription subscription;
    private @Nullable Svid identity;
    private boolean closed;

    /**
     * On BoringSSL where its native library loads, on the JDK's TLS otherwise: that works too, at three times the cost, but it neither sends
     * nor accepts server names with underscores, which other meshes' proxies send.
     */
    public TlsContexts(IdentitySource identity) {
        this(identity, HANDSHAKE_TIMEOUT);
    }

    public TlsContexts(IdentitySource identity, Duration handshakeTimeout) {
        this(identity, handshakeTimeout, OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK);
    }

    TlsContexts(IdentitySource identity, Duration handshakeTimeout, SslProvider provider) {
        this.factory = new SslContextFactory(provider);
        this.handshakeTimeout = handshakeTimeout;
        this.source = identity;
        this.subscription = identity.subscribe(this::rotate);
    }

    /** Whose certificates these contexts are made from. */
    public IdentitySource identity() {
        return source;
    }

    /** A server for the mesh: see {@link TlsSpec.Inbound}. */
    public TlsContext inbound(ClientAuth clientAuth, List<String> alpn) {
        return open(new TlsSpec.Inbound(clientAuth, alpn));
    }

    /** A client in the mesh that accepts exactly these SPIFFE URIs; an empty set accepts nobody. */
    public TlsContext outbound(@Nullable String sni, List<String> alpn, Set<String> allowedSans) {
        return open(new TlsSpec.Outbound(sni, alpn, AllowedPeers.only(allowedSans)));
    }

    /**
     * Any kind of context. The lease is the caller's to close.
     *
     * @throws IllegalArgumentException if PEM in the spec is not usable; the message says what was expected
     */
    public TlsContext open(TlsSpec spec) {
        return open(spec, TlsLimits.NONE);
    }

    /** The same within limits. */
    public synchronized TlsContext open(TlsSpec spec, TlsLimits limits) {
        if (closed) {
            throw new IllegalStateException("TLS contexts are closed");
        }
        Wanted wanted = new Wanted(spec, limits);
        LiveContext context = live.get(wanted);
        if (context == null) {
            context = new LiveContext(spec, handshakeTimeout);
            if (!spec.usesIdentity() || identity != null) {
                context.replace(factory.build(spec, limits, identity));
            }
            live.put(wanted, context);
        }
        context.leases++;
        return new Lease(wanted, context);
    }

    private synchronized void rotate(Svid svid) {
        identity = svid;
        if (closed) {
            return;
        }
        live.forEach((wanted, context) -> {
            if (wanted.spec().usesIdentity()) {
                rebuild(wanted, context, svid);
            }
        });
    }

    private void rebuild(Wanted wanted, LiveContext context, Svid svid) {
        try {
            context.replace(factory.build(wanted.spec(), wanted.limits(), svid));
        } catch (IllegalArgumentException e) {
            log.error("TLS keeps the previous certificate of {}: {}", svid.id(), e.getMessage());
        }
    }

    private synchronized void release(Wanted wanted, LiveContext context) {
        context.leases--;
        if (context.leases == 0 && live.remove(wanted, context)) {
            context.replace(null);
        }
    }

    /** Ends every context; leases then refuse to make handlers. */
    @Override
    public void close() {
        subscription.close();
        synchronized (this) {
            closed = true;
            live.values().forEach(context -> context.replace(null));
            live.clear();
        }
    }

    private record Wanted(TlsSpec spec, TlsLimits limits) {}

    private final class Lease extends LeasedContext {

        private final Wanted wanted;

        private Lease(Wanted wanted, LiveContext context) {
            super(context);
            this.wanted = wanted;
        }

        @Override
        void released() {
            release(wanted, live());
        }
    }
}
