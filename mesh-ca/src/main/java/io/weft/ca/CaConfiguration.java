package io.weft.ca;

import io.micrometer.core.instrument.MeterRegistry;
import io.weft.ca.attest.IssuanceGate;
import io.weft.ca.attest.IssuanceMetrics;
import io.weft.ca.attest.TokenAttestor;
import io.weft.ca.authority.Authority;
import io.weft.ca.authority.AuthorityLimits;
import io.weft.ca.authority.AuthorityStore;
import io.weft.ca.authority.SpiffeId;
import io.weft.ca.authority.Subject;
import io.weft.ca.grpc.CertificateService;
import io.weft.ca.grpc.GrpcLimits;
import io.weft.ca.grpc.GrpcServer;
import io.weft.ca.grpc.TokenCalls;
import io.weft.ca.rotate.Rotation;
import io.weft.ca.rotate.ServerCertificate;
import io.weft.ca.rotate.ServerKeyManager;
import java.net.InetSocketAddress;
import java.time.Clock;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Wires the rooms: authority, then what renews it, then the gate, then the port. Where the authority is kept, and who knows tokens, is
 * {@link LaptopConfiguration}'s or {@link KubernetesConfiguration}'s.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({WeftProperties.class, CaProperties.class})
class CaConfiguration {

    private final Clock clock = Clock.systemUTC();

    /** Closes the store too. */
    @Bean(destroyMethod = "close")
    Authority authority(AuthorityStore store, WeftProperties weft, CaProperties ca) {
        AuthorityLimits limits =
                new AuthorityLimits(ca.rootCertTtl(), ca.intermediateCertTtl(), ca.workloadCertTtl(), ca.maxWorkloadCertTtl());
        return Authority.open(store, weft.trustDomain(), limits, clock);
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
    IssuanceGate issuanceGate(Authority authority, TokenAttestor tokens, MeterRegistry registry) {
        return new IssuanceGate(authority, tokens, new IssuanceMetrics(registry, authority), clock);
    }

    @Bean
    GrpcServer grpcServer(WeftProperties weft, CaProperties ca, ServerCertificate certificate, IssuanceGate gate, TokenCalls tokenCalls) {
        return new GrpcServer(
                new InetSocketAddress(weft.bindAddress(), ca.grpcPort()),
                GrpcLimits.connections(ca.maxConnections()),
                new ServerKeyManager(certificate),
                new CertificateService(gate, tokenCalls));
    }

    /** Part of readiness: certificates can be signed. */
    @Bean
    HealthIndicator authorityHealthIndicator(Authority authority) {
        return () -> (authority.trouble() == null ? Health.up() : Health.down().withDetail("waitingFor", authority.trouble()))
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
}
