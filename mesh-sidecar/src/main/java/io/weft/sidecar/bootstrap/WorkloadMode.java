package io.weft.sidecar.bootstrap;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.weft.sidecar.cluster.health.HealthChecker;
import io.weft.sidecar.identity.PemFolder;
import io.weft.sidecar.identity.SpiffeId;
import io.weft.sidecar.identity.WorkloadIdentity;
import io.weft.sidecar.identity.WorkloadIdentityConfig;
import io.weft.sidecar.resource.LocalNodeParser;
import io.weft.sidecar.resource.ResourceParsers;
import io.weft.sidecar.xds.AdsClient;
import io.weft.sidecar.xds.AdsSettings;
import io.weft.sidecar.xds.LastGood;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs as the sidecar of a workload: ports first, since pilot is told them, then identity, then configuration. */
final class WorkloadMode {
    private static final Logger log = LoggerFactory.getLogger(WorkloadMode.class);
    private static final Duration DRAIN_TIME = Duration.ofSeconds(5);
    /** Sidecars of one JVM stop one after the other, and their callers stop with them. */
    private static final Duration SHARED_DRAIN_TIME = Duration.ofSeconds(1);

    private WorkloadMode() {}

    static RunningSidecar start(WorkloadSettings settings, SharedResources resources, boolean ownResources) {
        SpiffeId id = new SpiffeId(settings.trustDomain(), settings.namespace(), settings.serviceAccount());
        WorkloadIdentity identity = WorkloadIdentity.start(identity(settings, id));
        Duration drain = settings.drainTime() != null ? settings.drainTime() : ownResources ? DRAIN_TIME : SHARED_DRAIN_TIME;
        RunningSidecar sidecar;
        try {
            sidecar = new RunningSidecar(resources, ownResources, drain, identity, settings.accessLog());
        } catch (RuntimeException e) {
            identity.close();
            throw e;
        }
        sidecar.identity(identity);
        if (settings.pod().outDir() != null) {
            sidecar.certificateFiles(CertificateFiles.keep(identity, new PemFolder(settings.pod().outDir())));
        }
        try {
            run(settings, id, identity, sidecar);
            return sidecar;
        } catch (RuntimeException e) {
            sidecar.close();
            throw e;
        }
    }

    private static WorkloadIdentityConfig identity(WorkloadSettings settings, SpiffeId id) {
        WorkloadIdentityConfig config = WorkloadIdentityConfig.of(
                id, settings.ca().host(), settings.ca().port(), settings.rootCert(), settings.tokenFile(), settings.cache());
        return settings.pod().projectedToken() ? config.withProjectedToken() : config;
    }

    private static void run(WorkloadSettings settings, SpiffeId id, WorkloadIdentity identity, RunningSidecar sidecar) {
        PortMemory memory = new PortMemory(settings.cache());
        String host = settings.bindAddress();
        Map<Integer, Integer> inbound = new TreeMap<>();
        settings.inboundPorts().forEach((port, wanted) -> {
            String name = "inbound." + port;
            int bound = Ports.bind(name, wanted, memory.remembered(name), "--weft.inbound-ports",
                    p -> sidecar.engine.preBind(host, p).getPort());
            inbound.put(port, bound);
            sidecar.ports.put(name, bound);
        });
        Integer proxy = null;
        if (settings.proxyPort() != null) {
            proxy = Ports.bind("proxy", settings.proxyPort(), memory.remembered("proxy"), "--weft.proxy-port",
                    p -> sidecar.engine.preBind(settings.inner(), p).getPort());
            sidecar.ports.put("proxy", proxy);
        }
        Ports.bind("admin", settings.adminPort(), memory.remembered("admin"), "--weft.admin-port",
                p -> sidecar.startAdmin(settings.inner(), p));
        WorkloadSettings.HostPort metrics = openPages(settings, memory, sidecar);
        memory.remember(sidecar.ports);
        Node node = WorkloadNode.of(settings, inbound, proxy, metrics);
        sidecar.engine.introduce(LocalNodeParser.parse(node));
        sidecar.info.put("part", settings.part());
        sidecar.info.put("node", node.getId());
        HealthChecker health = sidecar.health("inbound|");
        AdsClient client = new AdsClient(
                AdsSettings.of(node, "mesh-pilot at " + settings.xds(), true),
                new ControlPlaneChannels(sidecar.resources.loops(), sidecar.resources.control(), "weft-sidecar")
                        .mutual(settings.xds().host(), settings.xds().port(), settings.trustDomain(), identity),
                sidecar.resources.control(),
                ResourceParsers.ofControlPlane(Set.of()),
                new EngineTarget(sidecar.engine, health::refresh),
                new LastGood(settings.cache().resolve("xds.bin"), id.uri() + " " + settings.part()),
                Set.of());
        // One that was killed, and is back before the control plane gives it up, must not be taken for as well as it was.
        client.reportHealth(HealthChecker.STARTING);
        client.startOffline();
        health.reportTo(client::reportHealth, () -> sidecar.notReady().isEmpty());
        // Connects with the first certificate.
        sidecar.ads(client);
        sidecar.started();
        log.info("{}: ports {}, identity {}; waiting for its certificate from {} and for configuration from mesh-pilot at {}",
                settings.part(), sidecar.ports, id, settings.ca(), settings.xds());
    }

    /** What the kubelet and Prometheus come for, on all addresses if that is asked for; says where metrics are. */
    private static WorkloadSettings.HostPort openPages(WorkloadSettings settings, PortMemory memory, RunningSidecar sidecar) {
        String host = settings.bindAddress();
        Integer ready = settings.pod().readyPort();
        if (ready != null) {
            Ports.bind("ready", ready, memory.remembered("ready"), "--weft.ready-port",
                    p -> sidecar.startPages("ready", host, p, Set.of("/healthz/ready", "/ready")));
        }
        Integer metrics = settings.pod().metricsPort();
        if (metrics == null) {
            return new WorkloadSettings.HostPort(settings.inner(), sidecar.ports.get("admin"));
        }
        int bound = Ports.bind("metrics", metrics, memory.remembered("metrics"), "--weft.metrics-port",
                p -> sidecar.startPages("metrics", host, p, Set.of("/stats/prometheus")));
        return new WorkloadSettings.HostPort(settings.pod().address(), bound);
    }
}
