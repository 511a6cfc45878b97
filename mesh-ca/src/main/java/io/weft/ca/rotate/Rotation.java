package io.weft.ca.rotate;

import io.weft.ca.authority.Authority;
import io.weft.ca.authority.AuthorityException;
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
        tried("the intermediate", authority::renewIntermediateIfDue);
        // By the intermediate that is in force, also when there is no newer one to be had.
        tried("the certificate of this server", server::renewIfDue);
    }

    private static void tried(String what, Runnable renewal) {
        try {
            renewal.run();
        } catch (AuthorityException e) {
            log.error("renewing {}: {}; what is in force stays so, trying again at the next look", what, e.getMessage());
        } catch (RuntimeException e) {
            log.error("renewing {} failed, trying again at the next look", what, e);
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
