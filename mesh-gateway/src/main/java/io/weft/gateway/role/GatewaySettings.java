package io.weft.gateway.role;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code weft.*} of a gateway. What is left out follows from the role, as in docs/contracts.md.
 *
 * @param role {@code ingress} or {@code egress}
 * @param home folder of everything that is kept on disk
 * @param bindAddress where mesh listeners bind
 * @param part the workload's name and its folder below {@code run/}; default: {@code istio-ingressgateway} or {@code istio-egressgateway}
 * @param namespace the workload's namespace
 * @param serviceAccount default: {@code <role's workload>-service-account}
 * @param trustDomain of the mesh
 * @param tokenFile the token that is shown to the CA, read again at every use; default: {@code run/<part>/token} below home
 * @param registerGroup the WorkloadGroup to register into, in the workload's namespace; empty: none; default: the egress gateway's own, none
 *     for ingress
 * @param drainTime how long a stopping gateway goes on serving, saying on every answer that the connection ends, if there are connections
 * @param drainGrace how long it then waits for what is still running
 * @param ca where certificates come from
 * @param xds where configuration comes from
 * @param ingress ports of the ingress role
 * @param egress ports of the egress role
 */
@ConfigurationProperties("weft")
public record GatewaySettings(
        @DefaultValue("ingress") Role role,
        @DefaultValue(".weft") Path home,
        @DefaultValue("127.0.0.1") String bindAddress,
        @Nullable String part,
        @DefaultValue("istio-system") String namespace,
        @Nullable String serviceAccount,
        @DefaultValue("cluster.local") String trustDomain,
        @Nullable Path tokenFile,
        @Nullable String registerGroup,
        @DefaultValue("1s") Duration drainTime,
        @DefaultValue("20s") Duration drainGrace,
        @DefaultValue Ca ca,
        @DefaultValue Xds xds,
        @DefaultValue Ports ingress,
        @DefaultValue Ports egress) {

    public GatewaySettings {
        if (role == Role.SIDECAR) {
            throw new IllegalArgumentException(
                    "weft.role: sidecar (expected: ingress or egress; for a sidecar run mesh-sidecar, one with Spring filters is not there yet)");
        }
        notNegative("weft.drain-time", drainTime);
        notNegative("weft.drain-grace", drainGrace);
        part = given(part) ? part : role.workload();
        if (part.indexOf('/') >= 0 || part.startsWith(".")) {
            throw new IllegalArgumentException("weft.part: " + part + " (expected: a workload name)");
        }
        serviceAccount = given(serviceAccount) ? serviceAccount : role.workload() + "-service-account";
        tokenFile = tokenFile != null ? tokenFile : home.resolve("run").resolve(part).resolve("token");
        registerGroup = registerGroup != null ? registerGroup : role == Role.EGRESS ? role.workload() : "";
        ca = ca.rootCert() != null ? ca : new Ca(ca.address(), home.resolve("ca").resolve("root-cert.pem"));
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

    /** The ports of this role. */
    public Ports ports() {
        return role == Role.INGRESS ? ingress : egress;
    }

    /** Name of a port's property in this role, for messages. */
    public String portProperty(String name) {
        return "weft." + role.property() + "." + name;
    }

    /** Last good configuration, keys and ports of this part: {@code run/<part>/cache} below home. */
    public Path cache() {
        return home.resolve("run").resolve(part).resolve("cache");
    }

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

        private static void inRange(String name, @Nullable Integer port) {
            if (port != null && (port < 0 || port > 65535)) {
                throw new IllegalArgumentException(name + ": " + port + " (expected: 0 to 65535)");
            }
        }

        Ports orElse(int http, int https, int management) {
            return new Ports(
                    httpPort != null ? httpPort : Integer.valueOf(http),
                    httpsPort != null ? httpsPort : Integer.valueOf(https),
                    managementPort != null ? managementPort : Integer.valueOf(management));
        }
    }
}
