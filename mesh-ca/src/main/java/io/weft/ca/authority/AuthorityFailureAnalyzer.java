package io.weft.ca.authority;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** The one sentence about the authority's files instead of a stack trace. */
public final class AuthorityFailureAnalyzer extends AbstractFailureAnalyzer<AuthorityException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, AuthorityException cause) {
        return new FailureAnalysis("mesh-ca: " + cause.getMessage(), null, cause);
    }
}
