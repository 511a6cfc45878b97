package io.weft.sidecar.bootstrap;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for. Two ways to run: Envoy's ({@code -c FILE}), or as a workload of a Weft mesh ({@code --weft.…}, or the same as environment variables:
 * {@code --weft.app.ports} is {@code WEFT_APP_PORTS}; the command line wins).
 *
 * @param bootstrap the file of Envoy's way; null: a workload
 * @param validate only check the file
 * @param concurrency event loops; 0: not said
 * @param metadata what the environment of a pod adds to the node's metadata
 */
record CommandLine(@Nullable Path bootstrap, boolean validate, int concurrency, Map<String, String> weft, Map<String, String> metadata) {
    /** Keys without {@code weft.}, as docs/contracts.md and {@link WorkloadSettings} know them. */
    static final Set<String> KEYS = Set.of(
            "home", "part", "namespace", "service-account", "workload-group", "app.ports", "proxy-port", "inbound-ports",
            "admin-port", "ca.address", "xds.address", "ca.root-cert", "token-file", "trust-domain", "bind-address", "concurrency",
            "drain-time", "access-log", "labels", "cluster-domain", "kubernetes.enabled", "address", "ready-port", "metrics-port", "out-dir",
            "state-dir", "projected-token");

    private static final List<String> ENVOY_OPTIONS = List.of("-c", "--config-path", "--mode", "--concurrency");

    static CommandLine parse(List<String> args, Map<String, String> environment) {
        Map<String, String> weft = fromEnvironment(KEYS, environment);
        Path bootstrap = null;
        boolean validate = false;
        int concurrency = 0;
        List<String> rest = new ArrayList<>(args);
        while (!rest.isEmpty()) {
            String arg = rest.remove(0);
            if (arg.startsWith("--weft.")) {
                weftArgument(arg, weft);
                continue;
            }
            int equals = arg.startsWith("--") ? arg.indexOf('=') : -1;
            String name = equals < 0 ? arg : arg.substring(0, equals);
            if (!ENVOY_OPTIONS.contains(name)) {
                throw new StartException("unknown argument " + name + near(name));
            }
            String value = equals >= 0 ? arg.substring(equals + 1) : next(name, rest);
            switch (name) {
                case "-c", "--config-path" -> bootstrap = Path.of(value);
                case "--mode" -> validate = mode(value);
                default -> concurrency = number("--concurrency", value, 1, 128);
            }
        }
        if (weft.containsKey("concurrency")) {
            concurrency = number("--weft.concurrency", weft.get("concurrency"), 1, 128);
        }
        Map<String, String> metadata = PodEnvironment.complete(weft, environment);
        return new CommandLine(bootstrap, validate, concurrency, weft, metadata);
    }

    /** {@code app.ports} is {@code WEFT_APP_PORTS}. */
    static Map<String, String> fromEnvironment(Set<String> keys, Map<String, String> environment) {
        Map<String, String> weft = new HashMap<>();
        for (String key : keys) {
            String value = environment.get("WEFT_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT));
            if (value != null) {
                weft.put(key, value);
            }
        }
        return weft;
    }

    private static void weftArgument(String arg, Map<String, String> weft) {
        int equals = arg.indexOf('=');
        String name = equals < 0 ? arg : arg.substring(0, equals);
        String key = name.substring("--weft.".length());
        if (!KEYS.contains(key)) {
            throw new StartException("unknown argument " + name + near(name));
        }
        if (equals < 0) {
            throw new StartException(name + " has no value (expected: " + name + "=…)");
        }
        weft.put(key, arg.substring(equals + 1));
    }

    private static String near(String name) {
        Set<String> known = new TreeSet<>(ENVOY_OPTIONS);
        KEYS.forEach(key -> known.add("--weft." + key));
        return NearMatch.of(name, known).map(near -> " (did you mean " + near + "?)").orElse(" (known: " + known + ")");
    }

    private static boolean mode(String value) {
        return switch (value) {
            case "serve" -> false;
            case "validate" -> true;
            default -> throw new StartException("--mode: " + value + " (expected: serve or validate)");
        };
    }

    private static String next(String name, List<String> rest) {
        if (rest.isEmpty()) {
            throw new StartException(name + " has no value");
        }
        return rest.remove(0);
    }

    static int number(String name, String value, int min, int max) {
        try {
            int number = Integer.parseInt(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new StartException(name + ": " + value + " (expected: " + min + " to " + max + ")", e);
        }
        throw new StartException(name + ": " + value + " (expected: " + min + " to " + max + ")");
    }
}
