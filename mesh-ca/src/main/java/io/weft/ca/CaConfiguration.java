package io.weft.ca;

import io.micrometer.core.instrument.MeterRegistry;
import io.weft.ca.attest.IssuanceGate;
import io.weft.ca.attest.IssuanceMetrics;
import io.weft.ca.attest.JwksFile;
import io.weft.ca.attest.TokenTerms;
import io.weft.ca.authority.Authority;
import io.weft.ca.authority.AuthorityLimits;
import io.weft.ca.authority.SpiffeId;
import io.weft.ca.authority.Subject;
import io.weft.ca.grpc.CertificateService;
import io.weft.ca.grpc.GrpcLimits;
import io.weft.ca.grpc.GrpcServer;
import io.weft.ca.rotate.Rotation;
import io.weft.ca.rotate.ServerCertificate;
import io.weft.ca.rotate.ServerKeyManager;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the rooms: authority, then what renews it, then the gate, then the port. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({WeftProperties.class, CaProperties.class})
class CaConfiguration {

    private final Clock clock = Clock.systemUTC();

    @Bean(destroyMethod = "close")
    Authority authority(WeftProperties weft, CaProperties ca) {
        Path directory = ca.dir() == null ? weft.home().resolve("ca") : ca.dir();
        AuthorityLimits limits =
                new AuthorityLimits(ca.rootCertTtl(), ca.intermediateCertTtl(), ca.workloadCertTtl(), ca.maxWorkloadCertTtl());
        return Authority.open(directory, weft.trustDomain(), limits, clock);
    }

    @Bean
    ServerCertificate serverCertificate(Authority authority, CaProperties ca) {
        SpiffeId own = new SpiffeId(authority.trustDomain(), "istio-system", "mesh-ca");
        return new ServerCertificate(authority, new Subject(own, ca.dnsNames(), ca.addresses()), ca.serverCertTtl(), clock);
    }

    @Bean(destroyMethod = "close")
    Rotation rotation(Authority authority, ServerCertificate server, CaProperties ca) {
        return new Rotation(authority, server, ca.rotationCheck());
    }

    @Bean
    JwksFile tokenKeys(WeftProperties weft) {
        return new JwksFile(weft.jwks());
    }

    @Bean
    IssuanceGate issuanceGate(Authority authority, JwksFile keys, WeftProperties weft, MeterRegistry registry) {
        TokenTerms terms = new TokenTerms(weft.tokens().issuer(), weft.tokens().audience());
        return new IssuanceGate(authority, keys, terms, new IssuanceMetrics(registry, authority), clock);
    }

    @Bean
    GrpcServer grpcServer(WeftProperties weft, CaProperties ca, ServerCertificate certificate, IssuanceGate gate) {
        return new GrpcServer(
                new InetSocketAddress(weft.bindAddress(), ca.grpcPort()),
                GrpcLimits.connections(ca.maxConnections()),
                new ServerKeyManager(certificate),
                new CertificateService(gate));
    }

    /** Part of readiness: certificates can be signed. */
    @Bean
    HealthIndicator authorityHealthIndicator(Authority authority) {
        return () -> Health.up()
                .withDetail("trustDomain", authority.trustDomain())
                .withDetail("rootUntil", authority.root().getNotAfter().toInstant())
                .withDetail("intermediateUntil", authority.intermediate().getNotAfter().toInstant())
                .build();
    }

    /** Part of readiness: the port is bound. */
    @Bean
    HealthIndicator grpcHealthIndicator(GrpcServer server) {
        return () -> server.isRunning()
                ? Health.up().withDetail("port", server.port()).build()
                : Health.down().withDetail("waitingFor", "the gRPC port").build();
    }

    /** Part of readiness: without keys nobody new can be told apart. */
    @Bean
    HealthIndicator tokensHealthIndicator(JwksFile keys) {
        return () -> {
            String trouble = keys.trouble();
            return trouble == null ? Health.up().build() : Health.down().withDetail("waitingFor", trouble).build();
        };
    }
}
