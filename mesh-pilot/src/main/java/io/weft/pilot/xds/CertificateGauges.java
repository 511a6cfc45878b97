package io.weft.pilot.xds;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToDoubleFunction;

/**
 * {@code weft_certificate_expiration_timestamp_seconds}, as a proxy has it: when the certificate of the TLS port, and the first of its roots to go, end.
 * 0: there is none yet.
 */
final class CertificateGauges implements MeterBinder {

    private final ServerCertificate certificate;

    CertificateGauges(ServerCertificate certificate) {
        this.certificate = certificate;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        gauge(registry, "leaf", each -> each.ends().leaf().getEpochSecond());
        gauge(registry, "root", each -> each.ends().root().getEpochSecond());
    }

    private void gauge(MeterRegistry registry, String which, ToDoubleFunction<ServerCertificate> end) {
        Gauge.builder("weft_certificate_expiration_timestamp_seconds", certificate, end)
                .description("When a certificate ends, in seconds since 1970")
                .tag("certificate", which)
                .register(registry);
    }
}
