package io.weft.gateway.engine;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** One line instead of a stack trace. */
final class PortTakenAnalyzer extends AbstractFailureAnalyzer<PortTakenException> {

    @Override
    protected FailureAnalysis analyze(Throwable root, PortTakenException cause) {
        return new FailureAnalysis(cause.getMessage(), "Set " + cause.property() + " to another port, or end the process that has it.", cause);
    }
}
