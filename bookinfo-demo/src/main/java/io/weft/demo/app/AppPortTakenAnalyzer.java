package io.weft.demo.app;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Which app, which port, and what changes it. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class AppPortTakenAnalyzer extends AbstractFailureAnalyzer<PortInUseException> {

    private final Environment environment;

    AppPortTakenAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable root, PortInUseException cause) {
        // Analyzers of everything on the class path are asked about every application's failures.
        if (!List.of(DemoApp.APP, DemoApp.APP_WITH_PAGES).contains(environment.getProperty(DemoApp.PART_KIND, ""))) {
            return null;
        }
        return new FailureAnalysis(
                environment.getProperty("spring.application.name") + ": port " + cause.getPort() + " is taken",
                "Set server.port to another port (0 for a free one), or stop what uses " + cause.getPort() + ".",
                cause);
    }
}
