package io.weft.ca.authority;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate authority of one trust domain. It signs what it is told: who may have what is decided by its two callers, the gate
 * for workloads and the renewal of this server's own certificate.
 */
public final class Authority implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Authority.class);

    private final String trustDomain;
    private final AuthorityLimits limits;
    private final AuthorityStore store;
    private final Clock clock;
    private final KeptReader reader;
    private volatile AuthorityState state;
    private volatile @Nullable String trouble;

    private Authority(String trustDomain, AuthorityLimits limits, AuthorityStore store, Clock clock) {
        this.trustDomain = trustDomain;
        this.limits = limits;
        this.store = store;
        this.clock = clock;
        this.reader = new KeptReader(store, trustDomain);
        this.state = loadOrCreate();
    }

    /**
     * Opens the authority that {@code store} keeps; on the first start makes it. The store is closed with it.
     *
     * @throws AuthorityException if what is kept cannot be used
     */
    public static Authority open(AuthorityStore store, String trustDomain, AuthorityLimits limits, Clock clock) {
        try {
            return new Authority(trustDomain, limits, store, clock);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    public String trustDomain() {
        return trustDomain;
    }

    public AuthorityLimits limits() {
        return limits;
    }

    /** The trust anchor. */
    public X509Certificate root() {
        return state.root().certificate();
    }

    /** Why this authority shall not be used any more: others that share its store have another root; null if all is well. */
    public @Nullable String trouble() {
        return trouble;
    }

    /** The certificate that signs leaves now. */
    public X509Certificate intermediate() {
        return state.issuer().certificate();
    }

    /**
     * A new leaf and the chain above it: leaf, intermediate, root. It never outlives the intermediate.
     *
     * @param ttl from now; at most {@link AuthorityLimits#maxLeaf()}
     */
    public List<X509Certificate> issue(Subject subject, PublicKey key, Duration ttl) {
        if (!subject.id().trustDomain().equals(trustDomain)) {
            throw new IllegalArgumentException("trust domain of " + subject.id() + " (expected: " + trustDomain + ")");
        }
        if (ttl.isNegative() || ttl.isZero() || ttl.compareTo(limits.maxLeaf()) > 0) {
            throw new IllegalArgumentException("lifetime: " + ttl + " (expected: more than 0, at most " + limits.maxLeaf() + ")");
        }
        AuthorityState now = state;
        return now.chain(CertificateForms.leaf(now.issuer(), subject, key, clock.instant(), ttl));
    }

    /**
     * Makes a new intermediate if the current one has less than half its life, or less than the longest leaf, left. Where several
     * authorities share a store, the one that is first makes it for all, and what somebody has deleted is put back.
     *
     * @throws AuthorityException if the store cannot be used now: what is in force stays so
     */
    public synchronized void renewIntermediateIfDue() {
        AuthorityState current = state;
        if (store.shared()) {
            current = follow(current);
        }
        state = due(current.issuer().certificate()) ? renew(current.root(), current.kept()) : current;
    }

    private AuthorityState follow(AuthorityState current) {
        KeptAuthority kept = store.load().orElse(null);
        if (kept == null) {
            log.warn("{} is gone: putting it back", store.place(AuthorityStore.Part.ROOT_CERTIFICATE));
            kept = store.create(current.kept());
        }
        if (!kept.rootCertificate().equals(current.kept().rootCertificate())) {
            trouble = store.place(AuthorityStore.Part.ROOT_CERTIFICATE) + " is another root than ours (expected: the same; a start takes the new one)";
            throw new AuthorityException(trouble);
        }
        trouble = null;
        KeptAuthority now = kept;
        return reader.intermediate(now, current.root(), clock.instant())
                .map(issuer -> new AuthorityState(current.root(), issuer, now))
                .orElse(new AuthorityState(current.root(), current.issuer(), now));
    }

    private boolean due(X509Certificate certificate) {
        Instant start = certificate.getNotBefore().toInstant();
        Instant end = certificate.getNotAfter().toInstant();
        Duration half = Duration.between(start, end).dividedBy(2);
        Duration left = Duration.between(clock.instant(), end);
        // At the end of the root's life a new intermediate would not last longer: then this would loop.
        boolean rootEndsIt = !end.isBefore(root().getNotAfter().toInstant());
        return !rootEndsIt && (left.compareTo(half) < 0 || left.compareTo(limits.maxLeaf()) < 0);
    }

    private AuthorityState loadOrCreate() {
        KeptAuthority kept = store.load().orElseGet(this::create);
        Instant now = clock.instant();
        Signer root = reader.root(kept, now);
        return reader.intermediate(kept, root, now)
                .map(issuer -> new AuthorityState(root, issuer, kept))
                .orElseGet(() -> renew(root, kept));
    }

    private KeptAuthority create() {
        Instant now = clock.instant();
        Signer root = CertificateForms.root(trustDomain, now, limits.root());
        KeptAuthority made =
                KeptAuthority.of(root, CertificateForms.intermediate(trustDomain, root, now, limits.intermediate()));
        KeptAuthority kept = store.create(made);
        if (kept.rootCertificate().equals(made.rootCertificate())) {
            log.info("made a new root for {}, valid until {}", trustDomain, root.certificate().getNotAfter().toInstant());
        }
        return kept;
    }

    private AuthorityState renew(Signer root, KeptAuthority before) {
        Signer made = CertificateForms.intermediate(trustDomain, root, clock.instant(), limits.intermediate());
        KeptAuthority next = before.with(made);
        KeptAuthority kept = store.renew(before, next);
        if (Objects.equals(kept.intermediateCertificate(), next.intermediateCertificate())) {
            log.info("made a new intermediate, valid until {}", made.certificate().getNotAfter().toInstant());
            return new AuthorityState(root, made, kept);
        }
        Signer others = reader.intermediate(kept, root, clock.instant())
                .orElseThrow(() -> new AuthorityException(
                        store.place(AuthorityStore.Part.INTERMEDIATE_CERTIFICATE) + " has changed and is not usable (expected: an intermediate of our root)"));
        log.info("another mesh-ca made a new intermediate, valid until {}", others.certificate().getNotAfter().toInstant());
        return new AuthorityState(root, others, kept);
    }

    /** Lets go of the store. */
    @Override
    public void close() {
        store.close();
    }
}
