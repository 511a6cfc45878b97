package io.weft.pilot.xds;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.weft.pilot.model.WorkloadGroup;
import io.weft.pilot.registry.WorkloadRegistry;
import io.weft.pilot.registry.kubernetes.Pods;
import io.weft.pilot.registry.spring.KnownGateways;
import io.weft.pilot.registry.workload.WorkloadRegistrar;
import io.weft.pilot.state.StateStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Wires the ADS server. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({WeftProperties.class, XdsProperties.class})
class XdsConfiguration {

    /** Not {@code shutdownNow}: a call's last tasks give back the buffers of messages nobody read. */
    @Bean(destroyMethod = "shutdown")
    ExecutorService xdsWorkers() {
        return Executors.newFixedThreadPool(Math.max(2, Runtime.getRuntime().availableProcessors()), threads("xds-"));
    }

    @Bean(destroyMethod = "shutdownNow")
    ScheduledExecutorService xdsTimer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, threads("xds-timer-"));
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    @Bean
    WorkloadRegistrar workloadRegistrar(
            StateStore states,
            WorkloadRegistry registry,
            ScheduledExecutorService xdsTimer,
            XdsProperties properties) {
        return new WorkloadRegistrar(
                (namespace, name) -> states.current().get(WorkloadGroup.class, namespace, name), registry, xdsTimer, properties.registrationGrace());
    }

    @Bean
    AdsConnections adsConnections(XdsProperties properties) {
        return new AdsConnections(properties.maxStreams());
    }

    @Bean
    ServerCertificate xdsCertificate(XdsProperties properties, WeftProperties weft) {
        Path folder = properties.certificates();
        return new ServerCertificate(folder == null ? weft.home().resolve("run/mesh-pilot/certs") : folder);
    }

    @Bean
    XdsServers xdsServers(
            XdsProperties properties,
            StateStore states,
            WorkloadRegistry registry,
            WorkloadRegistrar registrar,
            Pods pods,
            KnownGateways gateways,
            AdsConnections connections,
            ServerCertificate certificate,
            MeterRegistry meters,
            ExecutorService xdsWorkers,
            ScheduledExecutorService xdsTimer,
            WeftProperties weft) {
        AdsContext context = new AdsContext(
                properties,
                states,
                new SnapshotCache(states),
                new NodeReader(registrar, pods),
                gateways,
                connections,
                new XdsMetrics(meters),
                xdsTimer,
                Clock.systemUTC());
        return new XdsServers(
                context,
                xdsWorkers,
                states,
                certificate,
                weft.bindAddress(),
                weft.trustDomain(),
                new JwksTokenReader(weft.jwks(), weft.tokens().issuer(), weft.trustDomain()),
                registry::reachable);
    }

    @Bean
    XdsHealthIndicator xdsHealthIndicator(XdsServers servers, ServerCertificate certificate, XdsProperties properties) {
        return new XdsHealthIndicator(servers, certificate, properties.tlsPort() >= 0);
    }

    /** Without a TLS port nobody brings a certificate, and nobody is to be told that there is none. */
    @Bean
    MeterBinder xdsCertificateMeters(ServerCertificate certificate, XdsProperties properties) {
        return properties.tlsPort() < 0 ? registry -> {} : new CertificateGauges(certificate);
    }

    private static ThreadFactory threads(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
