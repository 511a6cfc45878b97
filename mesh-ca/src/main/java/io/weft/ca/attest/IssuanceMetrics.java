package io.weft.ca.attest;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.weft.ca.attest.RefusedException.Reason;
import io.weft.ca.authority.Authority;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * The reference mesh's names, to the letter. They are rising counts but registered as gauges: the Prometheus registry would append
 * {@code _total} to a counter's name, and dashboards would not find it.
 */
public final class IssuanceMetrics {

    private final LongAdder asked = new LongAdder();
    private final LongAdder issued = new LongAdder();
    private final Map<Reason, LongAdder> refused = new EnumMap<>(Reason.class);

    public IssuanceMetrics(MeterRegistry registry, Authority authority) {
        count(registry, "citadel_server_csr_count", "Certificate requests received", asked);
        count(registry, "citadel_server_success_cert_issuance_count", "Certificates issued", issued);
        for (Reason reason : Reason.values()) {
            refused.put(reason, new LongAdder());
        }
        count(registry, "citadel_server_authentication_failure_count", "Callers that were nobody we know", counter(Reason.UNAUTHENTICATED));
        count(registry, "citadel_server_csr_parsing_err_count", "Requests that were wrong in themselves", counter(Reason.INVALID_ARGUMENT));
        refused.forEach((reason, count) -> Gauge.builder("weft_ca_refused", count, LongAdder::sum)
                .description("Certificate requests refused")
                .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                .register(registry));
        Gauge.builder("citadel_server_root_cert_expiry_timestamp", authority, a -> a.root().getNotAfter().toInstant().getEpochSecond())
                .description("When the root certificate ends, in seconds since 1970")
                .register(registry);
        Gauge.builder("weft_ca_intermediate_expiry_timestamp", authority, a -> a.intermediate().getNotAfter().toInstant().getEpochSecond())
                .description("When the intermediate certificate ends, in seconds since 1970")
                .register(registry);
    }

    void asked() {
        asked.increment();
    }

    void issued() {
        issued.increment();
    }

    void refused(Reason reason) {
        counter(reason).increment();
    }

    private LongAdder counter(Reason reason) {
        return refused.computeIfAbsent(reason, r -> new LongAdder());
    }

    private static void count(MeterRegistry registry, String name, String description, LongAdder count) {
        Gauge.builder(name, count, LongAdder::sum).description(description).register(registry);
    }
}
