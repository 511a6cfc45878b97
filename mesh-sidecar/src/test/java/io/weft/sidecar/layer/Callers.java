package io.weft.sidecar.layer;

import io.weft.sidecar.identity.Svid;
import io.weft.sidecar.identity.TestCa;
import java.util.HashMap;
import java.util.Map;

/** Workloads of one mesh, each with one certificate. */
final class Callers {
    private final TestCa ca = new TestCa();
    private final Map<String, Svid> known = new HashMap<>();

    Svid svid(String uri) {
        return known.computeIfAbsent(uri, ca::svid);
    }
}
