package io.weft.sidecar.bootstrap;

import io.weft.sidecar.cluster.health.HealthChecker;
import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.listener.Rejection;
import io.weft.sidecar.resource.BootstrapResource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs from an Envoy bootstrap file: what is static at once, the rest over ADS if the file names it. Nothing of protobuf is named in this class: it would be
 * loaded with it.
 */
final class FileMode {
    private static final Logger log = LoggerFactory.getLogger(FileMode.class);
    private static final Duration DRAIN_TIME = Duration.ofSeconds(5);

    private FileMode() {}

    static RunningSidecar start(Path file, SharedResources resources, boolean ownResources) {
        ForgottenClasses reader = ownResources ? ForgottenClasses.read(file) : null;
        BootstrapResource bootstrap = reader == null ? BootstrapFile.read(file) : reader.bootstrap();
        bootstrap.notices().forEach(line -> log.warn("{}: {}", file, line));
        boolean tls = bootstrap.usesTls() || bootstrap.ads() != null;
        IdentitySource identity = tls ? new NoIdentity() : null;
        RunningSidecar sidecar = new RunningSidecar(resources, ownResources, DRAIN_TIME, identity, false);
        try {
            run(file, bootstrap, sidecar);
            // With ADS the reader's classes are needed all the time: then there is nothing to forget.
            if (reader != null && bootstrap.ads() == null) {
                reader.forget(resources.control());
            }
            return sidecar;
        } catch (RuntimeException e) {
            sidecar.close();
            throw e;
        }
    }

    private static void run(Path file, BootstrapResource bootstrap, RunningSidecar sidecar) {
        sidecar.info.put("bootstrap", file.toString());
        sidecar.engine.introduce(bootstrap.node());
        sidecar.statics(() -> StaticDump.of(bootstrap.message()));
        HealthChecker health = sidecar.health(null);
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
            FileAds.start(bootstrap, ads, sidecar, health);
        }
        sidecar.engine.listeners().forEach((name, address) -> log.info("listener {} at {}", name, address));
        sidecar.started();
    }

    private static List<String> texts(String kind, List<Rejection> rejections) {
        return rejections.stream().map(r -> kind + " " + r.name() + ": " + r.reason()).toList();
    }
}
