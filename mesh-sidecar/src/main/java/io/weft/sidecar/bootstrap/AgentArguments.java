package io.weft.sidecar.bootstrap;

import io.weft.sidecar.identity.SpiffeId;
import io.weft.sidecar.identity.WorkloadIdentityConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The certificate agent's settings.
 *
 * @param identity whose certificate, from whom
 * @param outDir where the PEM files go
 */
record AgentArguments(WorkloadIdentityConfig identity, Path outDir) {

    private static final Set<String> KNOWN = Set.of(
            "home", "part", "namespace", "service-account", "trust-domain", "ca.address", "ca.root-cert", "token-file", "out-dir",
            "state-dir", "projected-token", "kubernetes.enabled");

    /**
     * Reads them.
     *
     * @param environment the same as {@code WEFT_…}, and what a pod's says; arguments win
     * @throws IllegalArgumentException for an unknown, repeated, missing or malformed argument
     * @throws StartException for what is neither true nor false, and if what a pod's environment says is wrong
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
        String part = required(given, "part");
        SpiffeId id = new SpiffeId(
                given.getOrDefault("trust-domain", "cluster.local"),
                required(given, "namespace"),
                required(given, "service-account"));
        Path home = Path.of(given.getOrDefault("home", ".weft"));
        Path run = home.resolve("run").resolve(part);
        String address = given.getOrDefault("ca.address", "127.0.0.1:8060");
        int colon = address.lastIndexOf(':');
        WorkloadIdentityConfig identity = WorkloadIdentityConfig.of(
                id,
                colon > 0 ? address.substring(0, colon) : address,
                port(address, colon),
                path(given, "ca.root-cert", home.resolve("ca").resolve("root-cert.pem")),
                path(given, "token-file", run.resolve("token")),
                path(given, "state-dir", run.resolve("cache")));
        boolean projected = WorkloadSettings.bool(given, "projected-token");
        return new AgentArguments(projected ? identity.withProjectedToken() : identity, path(given, "out-dir", run.resolve("certs")));
    }

    private static int port(String address, int colon) {
        try {
            return Integer.parseInt(address.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("weft.ca.address: " + address + " (expected: host:port)");
        }
    }

    private static Path path(Map<String, String> given, String name, Path otherwise) {
        String value = given.get(name);
        return value == null ? otherwise : Path.of(value);
    }

    private static String required(Map<String, String> given, String name) {
        @Nullable String value = given.get(name);
        if (value == null || value.isEmpty()) {
            throw new IllegalArgumentException("--weft." + name + " is missing");
        }
        return value;
    }
}
