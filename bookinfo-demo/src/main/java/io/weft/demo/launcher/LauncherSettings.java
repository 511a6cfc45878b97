package io.weft.demo.launcher;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the launcher itself needs to know; everything else that begins with {@code weft.} goes to the parts as it is.
 *
 * @param home {@code weft.home}: what the mesh keeps; default {@code .weft} below the working directory
 * @param configDir {@code weft.config.dir}: the folder of YAML; default {@code config} in home
 * @param trustDomain {@code weft.trust-domain}: default {@code cluster.local}
 * @param bindAddress {@code weft.bind-address}: default 127.0.0.1
 * @param isolation {@code weft.demo.isolation}: {@code jvm} (default), all parts in this JVM; {@code process}, each in its own process
 * @param springSidecars {@code weft.demo.spring-sidecars}: workloads whose sidecar is mesh-gateway in role {@code sidecar}; default none
 * @param ports the ports that users know, by property
 */
record LauncherSettings(
        Path home,
        Path configDir,
        String trustDomain,
        String bindAddress,
        Isolation.Kind isolation,
        Set<String> springSidecars,
        Map<String, FixedPort> ports) {

    static final String HOME = "weft.home";
    static final String CONFIG_DIR = "weft.config.dir";
    static final String TRUST_DOMAIN = "weft.trust-domain";
    static final String BIND_ADDRESS = "weft.bind-address";
    static final String ISOLATION = "weft.demo.isolation";
    static final String SPRING_SIDECARS = "weft.demo.spring-sidecars";
    static final String CA_GRPC = "weft.ca.grpc-port";
    static final String CA_HTTP = "weft.ca.http-port";
    static final String PILOT_HTTP = "weft.pilot.http-port";
    static final String XDS_PLAINTEXT = "weft.pilot.xds.plaintext-port";
    static final String XDS_TLS = "weft.pilot.xds.tls-port";
    static final String TELEMETRY_HTTP = "weft.telemetry.http-port";
    static final String TELEMETRY_PLAINTEXT = "weft.telemetry.plaintext-port";
    static final String TELEMETRY_TLS = "weft.telemetry.tls-port";
    static final String INGRESS_HTTP = "weft.ingress.http-port";
    static final String INGRESS_HTTPS = "weft.ingress.https-port";
    static final String INGRESS_MANAGEMENT = "weft.ingress.management-port";
    static final String EGRESS_HTTP = "weft.egress.http-port";
    static final String EGRESS_HTTPS = "weft.egress.https-port";
    static final String EGRESS_MANAGEMENT = "weft.egress.management-port";
    static final String EXTERNAL = "weft.httpbin-external.port";

    /** What is read here. */
    static final List<String> PROPERTIES = List.of(
            HOME,
            CONFIG_DIR,
            TRUST_DOMAIN,
            BIND_ADDRESS,
            ISOLATION,
            SPRING_SIDECARS,
            CA_GRPC,
            CA_HTTP,
            PILOT_HTTP,
            XDS_PLAINTEXT,
            XDS_TLS,
            TELEMETRY_HTTP,
            TELEMETRY_PLAINTEXT,
            TELEMETRY_TLS,
            INGRESS_HTTP,
            INGRESS_HTTPS,
            INGRESS_MANAGEMENT,
            EGRESS_HTTP,
            EGRESS_HTTPS,
            EGRESS_MANAGEMENT,
            EXTERNAL);

    /** @throws IllegalArgumentException with a line for each setting that cannot be */
    static LauncherSettings fromSystemProperties() {
        List<String> unknown = KnownProperties.refused(System.getProperties().stringPropertyNames());
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(String.join(System.lineSeparator(), unknown));
        }
        return from(System::getProperty);
    }

    static LauncherSettings from(UnaryOperator<@Nullable String> properties) {
        Path home = Path.of(text(properties, HOME, ".weft")).toAbsolutePath().normalize();
        Map<String, FixedPort> ports = new LinkedHashMap<>();
        add(ports, properties, "mesh-ca", CA_GRPC, 8060);
        add(ports, properties, "mesh-ca", CA_HTTP, 15015);
        add(ports, properties, "mesh-pilot", PILOT_HTTP, 15014);
        add(ports, properties, "mesh-pilot", XDS_PLAINTEXT, 15010);
        add(ports, properties, "mesh-pilot", XDS_TLS, 15012);
        add(ports, properties, "mesh-telemetry", TELEMETRY_HTTP, 15016);
        add(ports, properties, "mesh-telemetry", TELEMETRY_PLAINTEXT, 4317);
        add(ports, properties, "mesh-telemetry", TELEMETRY_TLS, 15019);
        add(ports, properties, "istio-ingressgateway", INGRESS_HTTP, 8080);
        add(ports, properties, "istio-ingressgateway", INGRESS_HTTPS, 8443);
        add(ports, properties, "istio-ingressgateway", INGRESS_MANAGEMENT, 15021);
        add(ports, properties, "istio-egressgateway", EGRESS_HTTP, 0);
        add(ports, properties, "istio-egressgateway", EGRESS_HTTPS, 0);
        add(ports, properties, "istio-egressgateway", EGRESS_MANAGEMENT, 0);
        add(ports, properties, "httpbin-external", EXTERNAL, 0);
        requireNumber(ports, CA_GRPC);
        requireNumber(ports, XDS_TLS);
        requireNumber(ports, TELEMETRY_HTTP);
        requireNumber(ports, TELEMETRY_TLS);
        return new LauncherSettings(
                home,
                Path.of(text(properties, CONFIG_DIR, home.resolve("config").toString()))
                        .toAbsolutePath()
                        .normalize(),
                text(properties, TRUST_DOMAIN, "cluster.local"),
                text(properties, BIND_ADDRESS, "127.0.0.1"),
                Isolation.Kind.of(text(properties, ISOLATION, "jvm")),
                workloads(text(properties, SPRING_SIDECARS, "")),
                ports);
    }

    private static Set<String> workloads(String given) {
        List<String> all = Workload.ALL.stream().map(Workload::name).toList();
        Set<String> named = new TreeSet<>();
        for (String each : given.split(",")) {
            String name = each.strip();
            if (!name.isEmpty() && !all.contains(name)) {
                throw new IllegalArgumentException(SPRING_SIDECARS + ": " + name + " (expected: of " + String.join(", ", all) + ")");
            }
            if (!name.isEmpty()) {
                named.add(name);
            }
        }
        return named;
    }

    private static void add(
            Map<String, FixedPort> ports, UnaryOperator<@Nullable String> properties, String part, String property, int normal) {
        String given = text(properties, property, String.valueOf(normal));
        try {
            ports.put(property, new FixedPort(part, property, Integer.parseInt(given)));
        } catch (NumberFormatException notANumber) {
            throw new IllegalArgumentException(property + ": " + given + " (expected: 0 to 65535)", notANumber);
        }
    }

    /** The other parts are told these before anything is bound. */
    private static void requireNumber(Map<String, FixedPort> ports, String property) {
        if (ports.get(property).port() == 0) {
            throw new IllegalArgumentException(property + ": 0 (expected: 1 to 65535, as other parts are told it)");
        }
    }

    private static String text(UnaryOperator<@Nullable String> properties, String name, String normal) {
        String given = properties.apply(name);
        return given == null || given.isBlank() ? normal : given.strip();
    }

    int port(String property) {
        return ports.get(property).port();
    }

    InetAddress address() {
        try {
            return InetAddress.getByName(bindAddress);
        } catch (UnknownHostException unknown) {
            throw new IllegalArgumentException(
                    "weft.bind-address: " + bindAddress + " (expected: an address of this machine)", unknown);
        }
    }

    /** Where the parts reach one another: loopback, if everything is bound to all addresses. */
    String reachable() {
        return address().isAnyLocalAddress() ? "127.0.0.1" : bindAddress;
    }

    InetAddress reachableAddress() {
        return address().isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address();
    }

    Path rootCertificate() {
        return home.resolve("ca").resolve("root-cert.pem");
    }

    Path run(String part) {
        return home.resolve("run").resolve(part);
    }
}
