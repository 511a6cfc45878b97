package io.weft.sidecar.listener;

import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.Svid;
import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.observe.metrics.EngineMetrics;
import io.weft.sidecar.observe.metrics.MetricKey;
import java.security.cert.X509Certificate;

/** {@code weft_certificate_expiration_timestamp_seconds}: when this proxy's certificate, and the first of its roots to go, end. 0: there is none yet. */
final class CertificateGauges implements AutoCloseable {
    private final Counter leaf;
    private final Counter root;
    private final IdentitySource.Subscription subscription;

    CertificateGauges(IdentitySource identity, EngineMetrics metrics) {
        this.leaf = gauge(metrics, "leaf");
        this.root = gauge(metrics, "root");
        this.subscription = identity.subscribe(this::update);
    }

    private static Counter gauge(EngineMetrics metrics, String certificate) {
        return metrics.gauge(MetricKey.of("weft_certificate_expiration_timestamp_seconds", "certificate", certificate));
    }

    private void update(Svid svid) {
        leaf.set(svid.notAfter().getEpochSecond());
        root.set(svid.roots().stream()
                .map(X509Certificate::getNotAfter)
                .mapToLong(date -> date.toInstant().getEpochSecond())
                .min()
                .orElse(0));
    }

    @Override
    public void close() {
        subscription.close();
    }
}
