package io.weft.gateway.engine;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Boot's own port is Actuator's here, and another property than {@code server.port} changes it. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ManagementPortTakenAnalyzer extends AbstractFailureAnalyzer<PortInUseException> {

    private final Environment environment;

    ManagementPortTakenAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable root, PortInUseException cause) {
        // Analyzers of everything on the class path are asked about every application's failures.
        if (!"mesh-gateway".equals(environment.getProperty("spring.application.name"))) {
            return null;
        }
        String role = environment.getProperty("weft.role", "ingress");
        PortTakenException taken = new PortTakenException(
                environment.getProperty("weft.part", "istio-" + role + "gateway"),
                environment.getProperty("weft.bind-address", "127.0.0.1"),
                cause.getPort(),
                "weft." + role + ".management-port",
                cause);
        return new PortTakenAnalyzer().analyze(root, taken);
    }
}
