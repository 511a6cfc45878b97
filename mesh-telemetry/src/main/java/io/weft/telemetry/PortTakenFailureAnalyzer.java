package io.weft.telemetry;

import io.weft.telemetry.ingest.PortTakenException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** One line instead of a stack trace when a port is taken: which part, which port, which property. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class PortTakenFailureAnalyzer implements FailureAnalyzer {

    private final Environment environment;

    PortTakenFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        // Analyzers of every part on the class path are asked about every part's failures.
        if (!"mesh-telemetry".equals(environment.getProperty("spring.application.name"))) {
            return null;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PortInUseException taken) {
                return taken(taken.getPort(), "weft.telemetry.http-port", failure);
            }
            if (cause instanceof PortTakenException taken) {
                return taken(taken.port(), taken.property(), failure);
            }
        }
        return null;
    }

    private static FailureAnalysis taken(int port, String property, Throwable failure) {
        return new FailureAnalysis(
                "mesh-telemetry: port " + port + " is taken",
                "Set " + property + " to another port (0 for a free one), or stop what uses " + port + ".",
                failure);
    }
}
