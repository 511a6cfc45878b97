package io.weft.sidecar.secret;

import io.weft.sidecar.resource.ResourceException;
import io.weft.sidecar.tls.TlsContext;
import io.weft.sidecar.tls.TlsContexts;
import io.weft.sidecar.tls.TlsLimits;
import io.weft.sidecar.tls.TlsSpec;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A TLS context that is made anew when a secret it depends on changes. Connections that exist keep what they have. */
public final class TlsBinding implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TlsBinding.class);

    private final TlsContexts contexts;
    private final SecretStore secrets;
    private final TlsLimits limits;
    private final Supplier<@Nullable TlsSpec> spec;
    private final Consumer<String> listener;
    private volatile @Nullable TlsContext current;
    private boolean closed;

    TlsBinding(
            TlsContexts contexts, SecretStore secrets, TlsLimits limits, Set<String> depends, Supplier<@Nullable TlsSpec> spec) {
        this.contexts = contexts;
        this.secrets = secrets;
        this.limits = limits;
        this.spec = spec;
        this.listener = name -> {
            if (depends.contains(name)) {
                renew();
            }
        };
        if (!depends.isEmpty()) {
            secrets.listen(listener);
        }
        renew();
    }

    private synchronized void renew() {
        if (closed) {
            return;
        }
        TlsContext before = current;
        try {
            TlsSpec wanted = spec.get();
            current = wanted == null ? null : contexts.open(wanted, limits);
        } catch (IllegalArgumentException | ResourceException e) {
            log.error("TLS keeps what it had: {}", e.getMessage());
            return;
        }
        if (before != null) {
            before.close();
        }
    }

    /** Null while a secret is missing or there is no certificate yet. */
    public @Nullable TlsContext ready() {
        TlsContext context = current;
        return context != null && context.ready() ? context : null;
    }

    @Override
    public synchronized void close() {
        closed = true;
        secrets.forget(listener);
        TlsContext context = current;
        if (context != null) {
            context.close();
        }
    }
}
