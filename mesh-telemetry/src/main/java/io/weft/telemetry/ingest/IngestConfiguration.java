package io.weft.telemetry.ingest;

import io.grpc.BindableService;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weft.telemetry.settings.TelemetryProperties;
import io.weft.telemetry.settings.WeftProperties;
import io.weft.telemetry.store.Intake;
import io.weft.telemetry.store.SpanStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the gRPC ports, and what all ways in share. */
@Configuration(proxyBeanMethods = false)
class IngestConfiguration {

    @Bean
    SpanIntake spanIntake(SpanStore spans, Intake intake) {
        return new SpanIntake(spans, intake, Clock.systemUTC());
    }

    @Bean
    Uploads uploads(TelemetryProperties telemetry) {
        return new Uploads((int) Math.min(Integer.MAX_VALUE, telemetry.maxMessage().toBytes()));
    }

    @Bean
    ServerCertificate serverCertificate(TelemetryProperties telemetry, WeftProperties weft) {
        Path folder = telemetry.certsDir();
        return new ServerCertificate(folder == null ? weft.home().resolve("run/mesh-telemetry/certs") : folder);
    }

    @Bean
    GrpcPorts grpcPorts(
            TelemetryProperties telemetry,
            WeftProperties weft,
            ServerCertificate certificate,
            List<BindableService> services) {
        return new GrpcPorts(telemetry, weft.bindAddress(), weft.trustDomain(), certificate, services);
    }

    /** Without a TLS port nobody brings a certificate, and nobody is to be told that there is none. */
    @Bean
    MeterBinder certificateMeters(ServerCertificate certificate, TelemetryProperties telemetry) {
        return telemetry.tlsPort() < 0 ? registry -> {} : new CertificateGauges(certificate);
    }

    /** Part of readiness: both ports serve. Says what is waited for. */
    @Bean
    HealthIndicator ingestHealthIndicator(GrpcPorts ports, ServerCertificate certificate, TelemetryProperties telemetry) {
        return () -> {
            String certificateIsMissing = telemetry.tlsPort() < 0 ? null : certificate.waitsFor();
            if (!ports.isRunning()) {
                return Health.outOfService().withDetail("waitsFor", "the gRPC ports").build();
            }
            if (certificateIsMissing != null) {
                return Health.outOfService().withDetail("waitsFor", certificateIsMissing).build();
            }
            return Health.up()
                    .withDetail("plaintextPort", ports.plaintextPort())
                    .withDetail("tlsPort", ports.tlsPort())
                    .build();
        };
    }
}
