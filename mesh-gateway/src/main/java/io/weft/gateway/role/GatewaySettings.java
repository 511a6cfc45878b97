package io.weft.gateway.role;

import io.weft.sidecar.bootstrap.WorkloadSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code weft.*} of a gateway, and of a workload's sidecar that is one. What is left out follows from the role, as in
 * docs/contracts.md. Those of a sidecar have the names and the form that the lean one has them in.
 *
 * @param role {@code ingress}, {@code egress} or {@code sidecar}
 * @param home folder of everything that is kept on disk
 * @param bindAddress where mesh listeners bind
 * @param part the workload's name and its folder below {@code run/}; default: {@code istio-ingressgateway} or {@code istio-egressgateway};
 *     a sidecar has to say it
 * @param namespace the workload's namespace; default: {@code istio-system} of a gateway, {@code default} of a sidecar
 * @param serviceAccount default: {@code <role's workload>-service-account}; a sidecar has to say it
 * @param trustDomain of the mesh
 * @param tokenFile the token that is shown to the CA, read again at every use; default: {@code run/<part>/token} below home
 * @param registerGroup the WorkloadGroup that a gateway registers into, in its namespace; empty: none; default: the egress gateway's own, none
 *     for ingress
 * @param drainTime how long a stopping gateway goes on serving, new connections too, saying on every answer that the connection ends; not at all if it never
 *     was ready
 * @param drainGrace how long it then waits for what is still running
 * @param ca where certificates come from
 * @param xds where configuration comes from
 * @param ingress ports of the ingress role
 * @param egress ports of the egress role
 * @param sidecar Actuator's port of the sidecar role
 * @param workloadGroup sidecar: the WorkloadGroup to register into, in the workload's namespace; default: none
 * @param app sidecar: the application it stands before
 * @param inboundPorts sidecar: workload port to the port that is bound for it, {@code 9080:15006,…}; default: free ones, the same again
 *     after a restart
 * @param proxyPort sidecar: the outbound HTTP proxy's port, 0 for a free one, the same again after a restart; default: no proxy
 * @param labels sidecar: the workload's labels, {@code app=reviews,version=v1}, where no WorkloadGroup says them; default: none
 * @param clusterDomain sidecar: the domain that services' names end in
 * @param kubernetes whether this is a pod
 * @param address the IP by which others know this workload; default: 127.0.0.1
 * @param stateDir last good configuration, keys and ports of this part; default: {@code run/<part>/cache} below home
 * @param metadata more of the node's metadata
 */
@ConfigurationProperties("weft")
public record GatewaySettings(
        @DefaultValue("ingress") Role role,
        @DefaultValue(".weft") Path home,
        @DefaultValue("127.0.0.1") String bindAddress,
        @Nullable String part,
        @Nullable String namespace,
        @Nullable String serviceAccount,
        @DefaultValue("cluster.local") String trustDomain,
        @Nullable Path tokenFile,
        @Nullable String registerGroup,
        @DefaultValue("5s") Duration drainTime,
        @DefaultValue("20s") Duration drainGrace,
        @DefaultValue Ca ca,
        @DefaultValue Xds xds,
        @DefaultValue Ports ingress,
        @DefaultValue Ports egress,
        @DefaultValue Sidecar sidecar,
        @Nullable String workloadGroup,
        @DefaultValue App app,
        @Nullable String inboundPorts,
        @Nullable Integer proxyPort,
        @Nullable String labels,
        @DefaultValue("cluster.local") String clusterDomain,
        @DefaultValue Kubernetes kubernetes,
        @Nullable String address,
        @Nullable Path stateDir,
        @DefaultValue Map<String, String> metadata) {

    public GatewaySettings {
        notNegative("weft.drain-time", drainTime);
        notNegative("weft.drain-grace", drainGrace);
        if (role == Role.SIDECAR) {
            if (kubernetes.enabled()) {
                throw new IllegalArgumentException("weft.role: sidecar (expected with weft.kubernetes.enabled: ingress or egress; a pod's sidecar is mesh-sidecar)");
            }
            required("weft.part", part);
            required("weft.service-account", serviceAccount);
            onlyWith("ingress or egress", "weft.register-group", registerGroup, "; a sidecar has weft.workload-group");
        } else {
            onlyWith("sidecar", "weft.workload-group", workloadGroup, "; a gateway has weft.register-group");
            onlyWith("sidecar", "weft.app.ports", app.ports(), "");
            onlyWith("sidecar", "weft.inbound-ports", inboundPorts, "");
            onlyWith("sidecar", "weft.proxy-port", proxyPort == null ? null : proxyPort.toString(), "");
            onlyWith("sidecar", "weft.labels", labels, "");
        }
        part = given(part) ? part : role.workload();
        if (part.indexOf('/') >= 0 || part.startsWith(".")) {
            throw new IllegalArgumentException("weft.part: " + part + " (expected: a workload name)");
        }
        namespace = given(namespace) ? namespace : role == Role.SIDECAR ? "default" : "istio-system";
        serviceAccount = given(serviceAccount) ? serviceAccount : role.workload() + "-service-account";
        tokenFile = tokenFile != null ? tokenFile : home.resolve("run").resolve(part).resolve("token");
        registerGroup = registerGroup != null ? registerGroup : role == Role.EGRESS ? role.workload() : "";
        ca = ca.rootCert() != null ? ca : new Ca(ca.address(), home.resolve("ca").resolve("root-cert.pem"));
        if (kubernetes.enabled() && !given(address)) {
            throw new IllegalArgumentException("INSTANCE_IP is missing (expected in a pod: its IP address, by the downward API)");
        }
        address = given(address) ? address : "127.0.0.1";
        metadata = Map.copyOf(metadata);
        ingress = ingress.orElse(8080, 8443, 15021);
        egress = egress.orElse(0, 0, 0);
    }

    private static boolean given(@Nullable String value) {
        return value != null && !value.isBlank();
    }

    private static void notNegative(String name, Duration value) {
        if (value.isNegative()) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
        }
    }

    private static void required(String name, @Nullable String value) {
        if (!given(value)) {
            throw new IllegalArgumentException(name + " is missing (expected with weft.role: sidecar)");
        }
    }

    private static void onlyWith(String role, String name, @Nullable String value, String instead) {
        if (given(value)) {
            throw new IllegalArgumentException(name + ": " + value + " (expected only with weft.role: " + role + instead + ")");
        }
    }

    /**
     * The workload that a sidecar stands before: its ports, its group, its labels.
     *
     * @throws io.weft.sidecar.bootstrap.StartException when one of them is not what it shall be
     */
    public WorkloadSettings workload() {
        Map<String, String> all = new HashMap<>();
        put(all, "home", home.toString());
        put(all, "part", part);
        put(all, "namespace", namespace);
        put(all, "service-account", serviceAccount);
        put(all, "trust-domain", trustDomain);
        put(all, "workload-group", workloadGroup);
        put(all, "app.ports", app.ports());
        put(all, "inbound-ports", inboundPorts);
        put(all, "proxy-port", proxyPort == null ? null : proxyPort.toString());
        put(all, "labels", labels);
        put(all, "bind-address", bindAddress);
        put(all, "cluster-domain", clusterDomain);
        return WorkloadSettings.of(all);
    }

    private static void put(Map<String, String> all, String name, @Nullable String value) {
        if (given(value)) {
            all.put(name, value);
        }
    }

    /** The ports of this role, if it is a gateway's. */
    public Ports ports() {
        return role == Role.INGRESS ? ingress : egress;
    }

    /** Name of a port's property in this role, for messages. */
    public String portProperty(String name) {
        return "weft." + role.property() + "." + name;
    }

    /** Last good configuration, keys and ports of this part: {@code run/<part>/cache} below home, unless it says otherwise. */
    public Path cache() {
        return stateDir != null ? stateDir : home.resolve("run").resolve(part).resolve("cache");
    }

    /** @param enabled whether names and places of a pod are the defaults ({@link PodDefaults}) */
    public record Kubernetes(@DefaultValue("false") boolean enabled) {}

    /**
     * @param address host and port of the CA's gRPC server
     * @param rootCert the mesh's trust anchor, PEM; default: {@code ca/root-cert.pem} below home
     */
    public record Ca(@DefaultValue("127.0.0.1:8060") String address, @Nullable Path rootCert) {
        public Ca {
            HostPort.parse("weft.ca.address", address);
        }

        public HostPort server() {
            return HostPort.parse("weft.ca.address", address);
        }
    }

    /** @param address host and port of the control plane's xDS over TLS */
    public record Xds(@DefaultValue("127.0.0.1:15012") String address) {
        public Xds {
            HostPort.parse("weft.xds.address", address);
        }

        public HostPort server() {
            return HostPort.parse("weft.xds.address", address);
        }
    }

    /**
     * Ports, 0 for a free one.
     *
     * @param httpPort what users' YAML calls 80: default 8080 for ingress, 0 for egress
     * @param httpsPort what users' YAML calls 443: default 8443 for ingress, 0 for egress
     * @param managementPort Actuator: default 15021 for ingress, 0 for egress
     */
    public record Ports(@Nullable Integer httpPort, @Nullable Integer httpsPort, @Nullable Integer managementPort) {
        public Ports {
            inRange("http-port", httpPort);
            inRange("https-port", httpsPort);
            inRange("management-port", managementPort);
        }

        Ports orElse(int http, int https, int management) {
            return new Ports(
                    httpPort != null ? httpPort : Integer.valueOf(http),
                    httpsPort != null ? httpsPort : Integer.valueOf(https),
                    managementPort != null ? managementPort : Integer.valueOf(management));
        }
    }

    /** @param managementPort Actuator, 0 for a free port; {@code weft.admin-port}, the lean sidecar's name, means the same */
    public record Sidecar(@DefaultValue("0") int managementPort) {
        public Sidecar {
            inRange("management-port", managementPort);
        }
    }

    /** @param ports workload port to the port where the application listens on loopback: {@code 9080:38123,…}; default: none */
    public record App(@Nullable String ports) {}

    private static void inRange(String name, @Nullable Integer port) {
        if (port != null && (port < 0 || port > 65535)) {
            throw new IllegalArgumentException(name + ": " + port + " (expected: 0 to 65535)");
        }
    }
}
