package io.weft.ca.grpc;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Boot's own port is Actuator's here, and another property than {@code server.port} changes it. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class HttpPortTakenFailureAnalyzer extends AbstractFailureAnalyzer<PortInUseException> {

    private final Environment environment;

    HttpPortTakenFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, PortInUseException cause) {
        // Analyzers of everything on the class path are asked about every application's failures.
        if (!"mesh-ca".equals(environment.getProperty("spring.application.name"))) {
            return null;
        }
        return new FailureAnalysis(
                "mesh-ca: HTTP port " + cause.getPort() + " (weft.ca.http-port) is taken",
                "Stop what listens there, or choose another with --weft.ca.http-port.",
                cause);
    }
}
