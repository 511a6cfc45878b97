package io.weft.pilot;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;

/** Mesh-wide settings that changed while the process runs: which form of a path counts, and what proxies report. One that is wrong changes nothing. */
final class SettingsReload implements ApplicationListener<EnvironmentChangeEvent> {

    private static final Logger log = LoggerFactory.getLogger(SettingsReload.class);

    /** Spring Cloud Kubernetes' mark of a ConfigMap that could not be read. */
    private static final String FAILED = "spring.cloud.k8s.error.reading.property.source";

    private final Environment environment;
    private final ConfigPlane plane;

    /** @param again reads the settings again: they may have been out of reach when the process started, as everything else was */
    SettingsReload(Environment environment, ConfigPlane plane, Runnable again) {
        this.environment = environment;
        this.plane = plane;
        AtomicBoolean first = new AtomicBoolean(true);
        plane.states().subscribe(state -> {
            if (first.getAndSet(false)) {
                // It asks a server: not on the thread that all states come by.
                Thread reader = new Thread(again, "pilot-settings");
                reader.setDaemon(true);
                reader.start();
            }
        });
    }

    private boolean isOutOfReach() {
        return environment.containsProperty(FAILED);
    }

    @Override
    public void onApplicationEvent(EnvironmentChangeEvent event) {
        if (isOutOfReach()) {
            // A ConfigMap that could not be read is not one that says nothing.
            return;
        }
        try {
            MeshProperties now = Binder.get(environment).bindOrCreate("weft", MeshProperties.class);
            plane.apply(now.mesh().pathNormalization(), now.observability());
            log.info("Settings have changed: {}", event.getKeys());
        } catch (BindException refused) {
            Throwable cause = refused;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            log.warn("Refused: settings {}: {} (those before stay in force)", event.getKeys(), cause.getMessage());
        }
    }
}
