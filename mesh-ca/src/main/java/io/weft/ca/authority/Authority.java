package io.weft.ca.authority;

import java.nio.file.Path;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
    private volatile AuthorityState state;

    private Authority(String trustDomain, AuthorityLimits limits, AuthorityStore store, Clock clock) {
        this.trustDomain = trustDomain;
        this.limits = limits;
        this.store = store;
        this.clock = clock;
        this.state = loadOrCreate();
    }

    /**
     * Opens the authority in {@code directory}; on the first start makes it.
     *
     * @throws AuthorityException if the files there cannot be used
     */
    public static Authority open(Path directory, String trustDomain, AuthorityLimits limits, Clock clock) {
        AuthorityStore store = new AuthorityStore(directory);
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

    /** Makes a new intermediate if the current one has less than half its life, or less than the longest leaf, left. */
    public synchronized void renewIntermediateIfDue() {
        AuthorityState current = state;
        if (due(current.issuer().certificate())) {
            state = new AuthorityState(current.root(), newIntermediate(current.root()));
        }
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
        Instant now = clock.instant();
        Signer root = store.loadRoot().orElse(null);
        if (root == null) {
            root = CertificateForms.root(trustDomain, now, limits.root());
            AuthorityState created = new AuthorityState(root, newIntermediate(root));
            store.saveRoot(root);
            log.info("made a new root for {}, valid until {}", trustDomain, root.certificate().getNotAfter().toInstant());
            return created;
        }
        if (!now.isBefore(root.certificate().getNotAfter().toInstant())) {
            throw new AuthorityException("the root certificate ended at " + root.certificate().getNotAfter().toInstant()
                    + " (expected: a valid one; delete the folder weft.ca.dir to begin anew)");
        }
        Signer kept = root;
        return new AuthorityState(kept, store.loadIntermediate(kept, now)
                .filter(found -> CertificateForms.isIntermediateOf(trustDomain, found.certificate()))
                .orElseGet(() -> newIntermediate(kept)));
    }

    private Signer newIntermediate(Signer root) {
        Signer made = CertificateForms.intermediate(trustDomain, root, clock.instant(), limits.intermediate());
        store.saveIntermediate(made);
        log.info("made a new intermediate, valid until {}", made.certificate().getNotAfter().toInstant());
        return made;
    }

    /** Lets go of the folder. */
    @Override
    public void close() {
        store.close();
    }
}
