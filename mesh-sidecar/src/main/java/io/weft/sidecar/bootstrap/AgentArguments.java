package io.weft.sidecar.bootstrap;

import io.weft.sidecar.identity.SpiffeId;
import io.weft.sidecar.identity.WorkloadIdentityConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The certificate agent's settings.
 *
 * @param identity whose certificate, from whom
 * @param outDir where the PEM files go
 */
record AgentArguments(WorkloadIdentityConfig identity, Path outDir) {

    private static final String REQUIRED = "--weft.part, --weft.namespace, --weft.service-account";
    private static final Set<String> KNOWN = Set.of(
            "home", "part", "namespace", "service-account", "trust-domain", "ca.address", "ca.root-cert", "token-file", "out-dir",
            "state-dir", "projected-token", "kubernetes.enabled");

    /**
     * Reads them.
     *
     * @param environment the same as {@code WEFT_…}, and what a pod's says; arguments win
     * @throws IllegalArgumentException for an unknown or repeated argument
     * @throws StartException for one that is missing or malformed, and if what a pod's environment says is wrong
     */
    static AgentArguments parse(Map<String, String> environment, String... args) {
        Map<String, String> given = new HashMap<>();
        for (String arg : args) {
            int equals = arg.indexOf('=');
            String name = arg.startsWith("--weft.") && equals > 0 ? arg.substring("--weft.".length(), equals) : "";
            if (!KNOWN.contains(name) || given.put(name, arg.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("argument " + arg + " (expected: --weft.NAME=VALUE, each once, of " + KNOWN.stream().sorted().toList() + ")");
            }
        }
        CommandLine.fromEnvironment(KNOWN, environment).forEach(given::putIfAbsent);
        PodEnvironment.complete(given, environment);
        GivenValues values = new GivenValues(given);
        String part = values.part(REQUIRED);
        SpiffeId id = new SpiffeId(
                values.text("trust-domain", "cluster.local"),
                values.required("namespace", REQUIRED),
                values.required("service-account", REQUIRED));
        Path home = values.path("home", Path.of(".weft").toAbsolutePath().normalize());
        Path run = home.resolve("run").resolve(part);
        WorkloadSettings.HostPort ca = values.hostPort("ca.address", "127.0.0.1:8060");
        WorkloadIdentityConfig identity = WorkloadIdentityConfig.of(
                id,
                ca.host(),
                ca.port(),
                values.path("ca.root-cert", home.resolve("ca").resolve("root-cert.pem")),
                values.path("token-file", run.resolve("token")),
                values.path("state-dir", run.resolve("cache")));
        return new AgentArguments(
                values.flag("projected-token") ? identity.withProjectedToken() : identity, values.path("out-dir", run.resolve("certs")));
    }
}
