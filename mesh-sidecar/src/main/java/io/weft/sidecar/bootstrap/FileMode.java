package io.weft.sidecar.bootstrap;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.weft.sidecar.cluster.health.HealthChecker;
import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.listener.Rejection;
import io.weft.sidecar.resource.BootstrapResource;
import io.weft.sidecar.resource.ResourceParsers;
import io.weft.sidecar.xds.AdsClient;
import io.weft.sidecar.xds.AdsSettings;
import io.weft.sidecar.xds.RawResource;
import io.weft.sidecar.xds.ResourceKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs from an Envoy bootstrap file: what is static at once, the rest over ADS if the file names it. */
final class FileMode {
    private static final Logger log = LoggerFactory.getLogger(FileMode.class);
    private static final Duration DRAIN_TIME = Duration.ofSeconds(5);

    private FileMode() {}

    static RunningSidecar start(Path file, SharedResources resources, boolean ownResources) {
        BootstrapFile.Read read = BootstrapFile.read(file);
        BootstrapResource bootstrap = read.resource();
        boolean tls = bootstrap.usesTls() || bootstrap.ads() != null;
        IdentitySource identity = tls ? new NoIdentity() : null;
        RunningSidecar sidecar = new RunningSidecar(resources, ownResources, DRAIN_TIME, identity, false);
        try {
            run(file, read, sidecar);
            return sidecar;
        } catch (RuntimeException e) {
            sidecar.close();
            throw e;
        }
    }

    private static void run(Path file, BootstrapFile.Read read, RunningSidecar sidecar) {
        BootstrapResource bootstrap = read.resource();
        sidecar.info.put("bootstrap", file.toString());
        sidecar.statics(statics(read.message()));
        HealthChecker health = sidecar.health(null);
        EngineTarget target = new EngineTarget(sidecar.engine, health::refresh);
        if (bootstrap.admin() != null) {
            try {
                sidecar.startAdmin(bootstrap.admin().host(), bootstrap.admin().port());
            } catch (RuntimeException e) {
                throw Ports.taken("admin", bootstrap.admin().port(), "admin.address in " + file, e);
            }
        }
        List<String> problems = new ArrayList<>();
        problems.addAll(texts("secret", sidecar.engine.applySecrets(bootstrap.secrets(), List.of())));
        problems.addAll(texts("cluster", sidecar.engine.applyClusters(bootstrap.clusters(), List.of())));
        problems.addAll(texts("listener", sidecar.engine.applyListeners(bootstrap.listeners(), List.of())));
        if (!problems.isEmpty()) {
            throw new StartException(file + ": " + String.join("; ", problems));
        }
        health.refresh();
        BootstrapResource.Ads ads = bootstrap.ads();
        if (ads != null) {
            AdsClient client = new AdsClient(
                    AdsSettings.of(ads.node(), server(ads), ads.delta()),
                    new ControlPlaneChannels(sidecar.resources).of(ads, bootstrap.secrets()),
                    sidecar.resources.control(),
                    ResourceParsers.ofControlPlane(bootstrap.secretNames()),
                    target,
                    null,
                    bootstrap.secretNames());
            sidecar.ads(client);
            health.reportTo(client::reportHealth);
            client.start();
        }
        sidecar.engine.listeners().forEach((name, address) -> log.info("listener {} at {}", name, address));
        sidecar.started();
    }

    private static String server(BootstrapResource.Ads ads) {
        String at = ads.cluster().endpoints() == null
                ? ""
                : ads.cluster().endpoints().localities().stream()
                        .flatMap(l -> l.endpoints().stream())
                        .map(e -> e.address().toString())
                        .collect(Collectors.joining(", "));
        return ads.cluster().name() + " (" + at + ")";
    }

    private static List<String> texts(String kind, List<Rejection> rejections) {
        return rejections.stream().map(r -> kind + " " + r.name() + ": " + r.reason()).toList();
    }

    private static Map<ResourceKind, List<RawResource>> statics(Bootstrap bootstrap) {
        Bootstrap.StaticResources statics = bootstrap.getStaticResources();
        return Map.of(
                ResourceKind.CLUSTER,
                statics.getClustersList().stream().map(c -> raw(c.getName(), c)).toList(),
                ResourceKind.LISTENER,
                statics.getListenersList().stream().map(l -> raw(l.getName(), l)).toList(),
                ResourceKind.SECRET,
                statics.getSecretsList().stream().map(s -> raw(s.getName(), s)).toList());
    }

    private static RawResource raw(@Nullable String name, Message message) {
        return new RawResource(name == null ? "" : name, "", Any.pack(message));
    }
}
