package io.weft.sidecar.xds;

import io.grpc.Status;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Says that the control plane is away, and why, as often as a person wants to read it. */
final class OutageLog {
    /** Under one name in the log with all else that happens to the stream. */
    private static final Logger log = LoggerFactory.getLogger(AdsClient.class);
    private static final Duration LOG_EVERY = Duration.ofMinutes(1);
    /** Parts that start together, or a control plane that starts anew, find each other within this; longer is worth a warning. */
    private static final Duration SHORT = Duration.ofSeconds(5);

    private final String server;
    private long lastLogged;
    private String lastFailure = "";
    private boolean warned;
    private long awaySince;

    OutageLog(String server) {
        this.server = server;
    }

    /** @param wait until it is tried again */
    void lost(Status status, Duration wait) {
        String why = describe(status);
        long now = System.nanoTime();
        if (awaySince == 0) {
            awaySince = now;
        }
        boolean warn = now - awaySince >= SHORT.toNanos();
        // The same failure over and over is one line a minute: a laptop without its control plane should not fill its disk.
        if (why.equals(lastFailure) && warn == warned && now - lastLogged < LOG_EVERY.toNanos()) {
            return;
        }
        lastFailure = why;
        lastLogged = now;
        warned = warn;
        log.atLevel(warn ? Level.WARN : Level.INFO)
                .log("no configuration from {}: {}; trying again in {} ms and on", server, why, wait.toMillis());
    }

    void connected() {
        log.info("connected to {}", server);
        lastFailure = "";
        awaySince = 0;
    }

    /** In one line, with what caused it. */
    static String describe(Status status) {
        StringBuilder text = new StringBuilder(status.getCode().name());
        if (status.getDescription() != null) {
            text.append(": ").append(status.getDescription());
        }
        Throwable cause = status.getCause();
        for (int depth = 0; cause != null && depth < 4; depth++, cause = cause.getCause()) {
            String message = cause.getMessage();
            if (message != null && text.indexOf(message) < 0) {
                text.append(": ").append(message);
            }
        }
        // gRPC's have several lines: in a log, and at /ready, it is one.
        return text.toString().replace('\n', ' ').replace('\r', ' ');
    }
}
