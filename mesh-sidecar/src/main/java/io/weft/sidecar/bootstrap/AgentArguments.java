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
            "weft.home", "weft.part", "weft.namespace", "weft.service-account", "weft.trust-domain",
            "weft.ca.address", "weft.ca.root-cert", "weft.token-file", "weft.out-dir");

    /** @throws IllegalArgumentException for an unknown, repeated, missing or malformed argument */
    static AgentArguments parse(String... args) {
        Map<String, String> given = new HashMap<>();
        for (String arg : args) {
            int equals = arg.indexOf('=');
            String name = arg.startsWith("--") && equals > 0 ? arg.substring(2, equals) : "";
            if (!KNOWN.contains(name) || given.put(name, arg.substring(equals + 1)) != null) {
                throw new IllegalArgumentException("argument " + arg + " (expected: --NAME=VALUE, each once, of " + KNOWN.stream().sorted().toList() + ")");
            }
        }
        String part = required(given, "weft.part");
        SpiffeId id = new SpiffeId(
                given.getOrDefault("weft.trust-domain", "cluster.local"),
                required(given, "weft.namespace"),
                required(given, "weft.service-account"));
        Path home = Path.of(given.getOrDefault("weft.home", ".weft"));
        Path run = home.resolve("run").resolve(part);
        String address = given.getOrDefault("weft.ca.address", "127.0.0.1:8060");
        int colon = address.lastIndexOf(':');
        WorkloadIdentityConfig identity = WorkloadIdentityConfig.of(
                id,
                colon > 0 ? address.substring(0, colon) : address,
                port(address, colon),
                path(given, "weft.ca.root-cert", home.resolve("ca").resolve("root-cert.pem")),
                path(given, "weft.token-file", run.resolve("token")),
                run.resolve("cache"));
        return new AgentArguments(identity, path(given, "weft.out-dir", run.resolve("certs")));
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
            throw new IllegalArgumentException("--" + name + " is missing");
        }
        return value;
    }
}
