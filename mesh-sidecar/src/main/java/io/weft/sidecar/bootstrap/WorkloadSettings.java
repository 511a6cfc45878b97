package io.weft.sidecar.bootstrap;

import java.nio.file.Path;
import java.time.Duration;
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

    private static final String REQUIRED = "--weft.part, --weft.service-account; or -c FILE; in a pod POD_NAME, SERVICE_ACCOUNT";

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

        private static Pod of(GivenValues given, String bindAddress, Map<String, String> metadata) {
            if (given.text("address") == null && "true".equals(given.text(PodEnvironment.ENABLED))) {
                throw new StartException("INSTANCE_IP is missing (expected in a pod: its IP address, by the downward API)");
            }
            return new Pod(
                    given.text("address", isAny(bindAddress) ? "127.0.0.1" : bindAddress),
                    given.port("ready-port"),
                    given.port("metrics-port"),
                    given.path("out-dir"),
                    given.path("state-dir"),
                    given.flag("projected-token"),
                    Map.copyOf(metadata));
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
        GivenValues given = new GivenValues(weft);
        Path home = given.path("home", Path.of(".weft").toAbsolutePath().normalize());
        String part = given.part(REQUIRED);
        Map<Integer, Integer> appPorts = given.ports("app.ports", 1);
        Map<Integer, Integer> inbound = new TreeMap<>();
        appPorts.keySet().forEach(port -> inbound.put(port, 0));
        given.ports("inbound-ports", 0).forEach((port, bound) -> {
            if (!appPorts.containsKey(port)) {
                throw new StartException("--weft.inbound-ports: " + port + " (expected: a port of --weft.app.ports " + appPorts.keySet() + ")");
            }
            inbound.put(port, bound);
        });
        String bindAddress = given.text("bind-address", "127.0.0.1");
        return new WorkloadSettings(
                home,
                part,
                given.text("namespace", "default"),
                given.required("service-account", REQUIRED),
                given.text("workload-group"),
                appPorts,
                inbound,
                given.port("proxy-port"),
                given.port("admin-port", 0),
                given.hostPort("ca.address", "127.0.0.1:8060"),
                given.hostPort("xds.address", "127.0.0.1:15012"),
                given.path("ca.root-cert", home.resolve("ca/root-cert.pem")),
                given.path("token-file", home.resolve("run").resolve(part).resolve("token")),
                given.text("trust-domain", "cluster.local"),
                given.text("cluster-domain", "cluster.local"),
                bindAddress,
                given.names("labels"),
                given.flag("access-log"),
                given.duration("drain-time"),
                Pod.of(given, bindAddress, metadata));
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
}
