package io.weft.sidecar.bootstrap;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A sidecar of one workload (docs/contracts.md).
 *
 * @param part workload name, {@code reviews-v1}; its folder is {@code run/<part>} below home
 * @param workloadGroup group to register into; null: does not register
 * @param appPorts workload port → port where the application listens on loopback
 * @param inboundPorts workload port → port to bind, 0: a free one
 * @param proxyPort outbound HTTP proxy port to bind, 0: a free one; null: none
 * @param bindAddress where listeners bind; the proxy and the admin endpoints, meant for this machine, on loopback when that is any address
 * @param pod what it has beside in a pod
 */
public record WorkloadSettings(
        Path home,
        String part,
        String namespace,
        String serviceAccount,
        @Nullable String workloadGroup,
        Map<Integer, Integer> appPorts,
        Map<Integer, Integer> inboundPorts,
        @Nullable Integer proxyPort,
        int adminPort,
        HostPort ca,
        HostPort xds,
        Path rootCert,
        Path tokenFile,
        String trustDomain,
        String clusterDomain,
        String bindAddress,
        Map<String, String> labels,
        boolean accessLog,
        @Nullable Duration drainTime,
        Pod pod) {

    /**
     * What others than this machine see of a proxy, and where it keeps things; on a laptop little of it is asked for.
     *
     * @param address the IP by which others know the workload
     * @param readyPort {@code /healthz/ready} on all addresses; null: nowhere but at the admin port
     * @param metricsPort {@code /stats/prometheus} on all addresses; null: nowhere but at the admin port
     * @param outDir where its certificate is written for others as PEM files; null: nowhere
     * @param stateDir what is kept for a restart; null: below home
     * @param projectedToken whether the token is in a volume of the kubelet's although its path does not say so
     * @param metadata more of the node's metadata
     */
    public record Pod(
            String address,
            @Nullable Integer readyPort,
            @Nullable Integer metricsPort,
            @Nullable Path outDir,
            @Nullable Path stateDir,
            boolean projectedToken,
            Map<String, String> metadata) {

        private static Pod of(Map<String, String> weft, String bindAddress, Map<String, String> metadata) {
            String address = weft.getOrDefault("address", isAny(bindAddress) ? "127.0.0.1" : bindAddress);
            if (!weft.containsKey("address") && "true".equals(weft.get(PodEnvironment.ENABLED))) {
                throw new StartException("INSTANCE_IP is missing (expected in a pod: its IP address, by the downward API)");
            }
            return new Pod(
                    address,
                    port(weft, "ready-port"),
                    port(weft, "metrics-port"),
                    path(weft, "out-dir"),
                    path(weft, "state-dir"),
                    bool(weft, "projected-token"),
                    Map.copyOf(metadata));
        }

        private static @Nullable Integer port(Map<String, String> weft, String key) {
            String value = weft.get(key);
            return value == null || value.isEmpty() ? null : CommandLine.number("--weft." + key, value, 0, 65535);
        }

        private static @Nullable Path path(Map<String, String> weft, String key) {
            String value = weft.get(key);
            return value == null || value.isEmpty() ? null : Path.of(value).toAbsolutePath().normalize();
        }
    }

    /** An address of another part. */
    public record HostPort(String host, int port) {
        @Override
        public String toString() {
            return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
        }
    }

    /**
     * Reads them.
     *
     * @param weft values by the names of docs/modules.md, without {@code weft.}
     * @throws StartException for a value that is not what it shall be; the message says which, and what was expected
     */
    public static WorkloadSettings of(Map<String, String> weft) {
        return of(weft, Map.of());
    }

    /** The same, with more metadata for its node. */
    public static WorkloadSettings of(Map<String, String> weft, Map<String, String> metadata) {
        Path home = Path.of(weft.getOrDefault("home", ".weft")).toAbsolutePath().normalize();
        String part = required(weft, "part");
        if (part.contains("/") || part.startsWith(".")) {
            throw new StartException("--weft.part: " + part + " (expected: a workload name)");
        }
        Map<Integer, Integer> appPorts = ports(weft, "app.ports", 1);
        Map<Integer, Integer> inbound = new TreeMap<>();
        appPorts.keySet().forEach(port -> inbound.put(port, 0));
        ports(weft, "inbound-ports", 0).forEach((port, bound) -> {
            if (!appPorts.containsKey(port)) {
                throw new StartException("--weft.inbound-ports: " + port + " (expected: a port of --weft.app.ports " + appPorts.keySet() + ")");
            }
            inbound.put(port, bound);
        });
        String proxy = weft.get("proxy-port");
        String bindAddress = weft.getOrDefault("bind-address", "127.0.0.1");
        return new WorkloadSettings(
                home,
                part,
                weft.getOrDefault("namespace", "default"),
                required(weft, "service-account"),
                weft.get("workload-group"),
                appPorts,
                inbound,
                proxy == null || proxy.isEmpty() ? null : CommandLine.number("--weft.proxy-port", proxy, 0, 65535),
                CommandLine.number("--weft.admin-port", weft.getOrDefault("admin-port", "0"), 0, 65535),
                hostPort(weft, "ca.address", "127.0.0.1:8060"),
                hostPort(weft, "xds.address", "127.0.0.1:15012"),
                path(weft, "ca.root-cert", home.resolve("ca/root-cert.pem")),
                path(weft, "token-file", home.resolve("run").resolve(part).resolve("token")),
                weft.getOrDefault("trust-domain", "cluster.local"),
                weft.getOrDefault("cluster-domain", "cluster.local"),
                bindAddress,
                labels(weft),
                bool(weft, "access-log"),
                duration(weft),
                Pod.of(weft, bindAddress, metadata));
    }

    private static boolean isAny(String address) {
        return address.equals("0.0.0.0") || address.equals("::");
    }

    /** Where those on this machine reach what is meant for them. */
    String inner() {
        return isAny(bindAddress) ? "127.0.0.1" : bindAddress;
    }

    /** Where this part keeps what it needs after a restart. */
    Path cache() {
        return pod.stateDir() != null ? pod.stateDir() : home.resolve("run").resolve(part).resolve("cache");
    }

    private static String required(Map<String, String> weft, String key) {
        String value = weft.get(key);
        if (value == null || value.isEmpty()) {
            throw new StartException("--weft." + key + " is missing (expected with --weft.part, --weft.service-account; or -c FILE; in a pod POD_NAME, SERVICE_ACCOUNT)");
        }
        return value;
    }

    private static Path path(Map<String, String> weft, String key, Path fallback) {
        String value = weft.get(key);
        return value == null ? fallback : Path.of(value).toAbsolutePath().normalize();
    }

    private static HostPort hostPort(Map<String, String> weft, String key, String fallback) {
        String value = weft.getOrDefault(key, fallback);
        int colon = value.lastIndexOf(':');
        if (colon < 1) {
            throw new StartException("--weft." + key + ": " + value + " (expected: host:port)");
        }
        String host = value.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        return new HostPort(host, CommandLine.number("--weft." + key, value.substring(colon + 1), 1, 65535));
    }

    /** {@code 9080:38123,9443:38124}. */
    private static Map<Integer, Integer> ports(Map<String, String> weft, String key, int min) {
        Map<Integer, Integer> ports = new TreeMap<>();
        for (String pair : weft.getOrDefault(key, "").split(",")) {
            if (pair.isBlank()) {
                continue;
            }
            int colon = pair.indexOf(':');
            if (colon < 0) {
                throw new StartException("--weft." + key + ": " + pair + " (expected: port:port,…)");
            }
            int from = CommandLine.number("--weft." + key, pair.substring(0, colon).strip(), 1, 65535);
            int to = CommandLine.number("--weft." + key, pair.substring(colon + 1).strip(), min, 65535);
            if (ports.put(from, to) != null) {
                throw new StartException("--weft." + key + ": " + from + " is there twice");
            }
        }
        return ports;
    }

    private static Map<String, String> labels(Map<String, String> weft) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (String pair : weft.getOrDefault("labels", "").split(",")) {
            if (pair.isBlank()) {
                continue;
            }
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new StartException("--weft.labels: " + pair + " (expected: name=value,…)");
            }
            labels.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
        }
        return labels;
    }

    static boolean bool(Map<String, String> weft, String key) {
        String value = weft.getOrDefault(key, "false");
        if (!value.equals("true") && !value.equals("false")) {
            throw new StartException("--weft." + key + ": " + value + " (expected: true or false)");
        }
        return value.equals("true");
    }

    private static @Nullable Duration duration(Map<String, String> weft) {
        String value = weft.get("drain-time");
        if (value == null) {
            return null;
        }
        try {
            Duration duration = value.endsWith("ms")
                    ? Duration.ofMillis(Long.parseLong(value.substring(0, value.length() - 2)))
                    : Duration.ofSeconds(Long.parseLong(value.endsWith("s") ? value.substring(0, value.length() - 1) : value));
            if (!duration.isNegative() && duration.compareTo(Duration.ofHours(1)) <= 0) {
                return duration;
            }
        } catch (NumberFormatException e) {
            throw new StartException("--weft.drain-time: " + value + " (expected: 0s to 3600s, as 5s or 500ms)", e);
        }
        throw new StartException("--weft.drain-time: " + value + " (expected: 0s to 3600s, as 5s or 500ms)");
    }
}
