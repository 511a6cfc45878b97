package io.weft.ca.rotate;

import io.weft.ca.authority.Authority;
import io.weft.ca.authority.Keys;
import io.weft.ca.authority.Subject;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The certificate of this server's own port, issued to itself and renewed at half of its life. */
public final class ServerCertificate {

    private static final Logger log = LoggerFactory.getLogger(ServerCertificate.class);

    private final Authority authority;
    private final Subject subject;
    private final Duration ttl;
    private final Clock clock;
    private volatile Held held;

    /**
     * One immutable state.
     *
     * @param chain leaf, intermediate; the root is what clients have
     * @param renewAt the middle of the leaf's life
     */
    record Held(PrivateKey key, List<X509Certificate> chain, Instant renewAt) {

        /** Never the key. */
        @Override
        public String toString() {
            return "Held[renewAt=" + renewAt + "]";
        }
    }

    public ServerCertificate(Authority authority, Subject subject, Duration ttl, Clock clock) {
        this.authority = authority;
        this.subject = subject;
        this.ttl = ttl;
        this.clock = clock;
        this.held = issue();
    }

    Held held() {
        return held;
    }

    /** The leaf shown to clients now. */
    public X509Certificate leaf() {
        return held.chain().get(0);
    }

    /** Connections made from now on see a new certificate if the current one has passed half of its life. */
    public synchronized void renewIfDue() {
        if (!clock.instant().isBefore(held.renewAt())) {
            held = issue();
            log.info("renewed the certificate of this server, valid until {}", leaf().getNotAfter().toInstant());
        }
    }

    private Held issue() {
        KeyPair keys = Keys.p256();
        List<X509Certificate> chain = authority.issue(subject, keys.getPublic(), ttl);
        return new Held(keys.getPrivate(), chain.subList(0, chain.size() - 1), clock.instant().plus(ttl.dividedBy(2)));
    }
}
