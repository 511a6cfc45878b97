package io.weft.gateway.engine;

import io.weft.sidecar.bootstrap.StartException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** A sidecar's setting that is not what it shall be: its own words instead of a stack trace. */
final class StartRefusedAnalyzer extends AbstractFailureAnalyzer<StartException> {

    @Override
    protected FailureAnalysis analyze(Throwable root, StartException cause) {
        return new FailureAnalysis(cause.getMessage(), "Change it; docs/modules.md has all settings.", cause);
    }
}
