package io.weft.demo.k8s;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips a class, aloud, where there is no kubectl that can build these folders. */
final class NeedsKubectl implements BeforeAllCallback {

    @Override
    public void beforeAll(ExtensionContext context) {
        assumeTrue(Manifests.KUBECTL_MISSING.isEmpty(), "SKIPPED: " + Manifests.KUBECTL_MISSING);
    }
}
