package io.weft.ca.rotate;

import io.weft.ca.authority.Authority;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every so often whether something is due. It looks at the wall clock instead of sleeping until a moment, because a laptop's
 * timers stand still while it sleeps.
 */
public final class Rotation implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Rotation.class);

    private final Authority authority;
    private final ServerCertificate server;
    private final ScheduledExecutorService timer;

    public Rotation(Authority authority, ServerCertificate server, Duration every) {
        this.authority = authority;
        this.server = server;
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "mesh-ca-rotation");
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleWithFixedDelay(this::look, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        try {
            authority.renewIntermediateIfDue();
            server.renewIfDue();
        } catch (RuntimeException e) {
            // A full disk, for one: what is in force stays so, and the next look tries again.
            log.error("renewal failed, trying again at the next look: {}", e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
