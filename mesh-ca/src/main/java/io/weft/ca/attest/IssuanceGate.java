package io.weft.ca.attest;

import io.weft.ca.authority.Authority;
import io.weft.ca.authority.Subject;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one gate: every certificate for a workload is issued here. The name in it is what attestation says, never the request's
 * wish; from the request comes only the public key.
 */
public final class IssuanceGate {

    private static final Logger log = LoggerFactory.getLogger(IssuanceGate.class);

    private final Authority authority;
    private final TokenAttestor tokens;
    private final CallerAttestor attestor;
    private final IssuanceMetrics metrics;
    private final RefusalLog refusals = new RefusalLog(log::info, System::nanoTime);

    public IssuanceGate(Authority authority, TokenAttestor tokens, IssuanceMetrics metrics, Clock clock) {
        this.authority = authority;
        this.tokens = tokens;
        this.attestor = new CallerAttestor(new CertificateAttestor(authority, clock), tokens);
        this.metrics = metrics;
    }

    /** Refuses what needs no further look, before it waits for anybody. Says nothing in favour of the rest. */
    public void screen(Credentials credentials) throws RefusedException {
        String authorization = credentials.authorization();
        if (authorization == null) {
            return;
        }
        try {
            tokens.screen(authorization, credentials.address());
        } catch (RefusedException e) {
            metrics.asked();
            refused(credentials, e);
            throw e;
        }
    }

    /**
     * A certificate for whoever {@code credentials} prove.
     *
     * @param csr PEM of a PKCS #10 request
     * @param validitySeconds wanted lifetime; 0 is the authority's default
     * @return leaf first, root last
     */
    public List<X509Certificate> issue(Credentials credentials, String csr, long validitySeconds) throws RefusedException {
        metrics.asked();
        try {
            Attested caller = attestor.attest(credentials);
            Duration ttl = ttl(validitySeconds);
            PublicKey key = CsrKey.read(csr, caller.id());
            List<X509Certificate> chain = authority.issue(Subject.workload(caller.id()), key, ttl);
            metrics.issued();
            audit(caller, chain.get(0));
            return chain;
        } catch (RefusedException e) {
            refused(credentials, e);
            throw e;
        }
    }

    private void refused(Credentials credentials, RefusedException why) {
        metrics.refused(why.reason());
        refusals.add(credentials, why);
    }

    /** Where tokens are bound to pods, who got which certificate is worth a line. */
    private static void audit(Attested caller, X509Certificate leaf) {
        if (caller.bearer() != null) {
            log.info("issued {} to {}, serial {}, until {}", caller.id(), caller.bearer(), leaf.getSerialNumber().toString(16), leaf.getNotAfter().toInstant());
        } else {
            log.debug("issued {} until {}", caller.id(), leaf.getNotAfter().toInstant());
        }
    }

    private Duration ttl(long seconds) throws RefusedException {
        if (seconds == 0) {
            return authority.limits().leaf();
        }
        Duration max = authority.limits().maxLeaf();
        if (seconds < 0 || seconds > max.toSeconds()) {
            throw RefusedException.invalid(
                    "validity_duration: " + seconds + " (expected: 0 for the default, or 1 to " + max.toSeconds() + " seconds)");
        }
        return Duration.ofSeconds(seconds);
    }
}
