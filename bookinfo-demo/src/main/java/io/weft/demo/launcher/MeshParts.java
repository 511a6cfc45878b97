package io.weft.demo.launcher;

import io.weft.ca.CaApplication;
import io.weft.demo.app.DemoApp;
import io.weft.demo.httpbin.HttpbinApplication;
import io.weft.demo.launcher.Part.Stage;
import io.weft.demo.launcher.Program.Size;
import io.weft.demo.team.TeamFilters;
import io.weft.gateway.GatewayApplication;
import io.weft.pilot.PilotApplication;
import io.weft.sidecar.bootstrap.AgentApplication;
import io.weft.sidecar.bootstrap.SidecarApplication;
import io.weft.telemetry.TelemetryApplication;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * How each part is started. This is the only place that knows the parts, and it knows of each only the class its own {@code main} is in;
 * whatever passes between them goes through sockets and files.
 */
final class MeshParts implements AutoCloseable {

    private static final String READINESS = "/actuator/health/readiness";
    private static final String INSTANCE_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
    private static final String APP_PORT = "server.port";
    private static final String SAMPLING = "weft.mesh.tracing.sampling";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final LauncherSettings settings;
    private final Isolation isolation;
    private final SpringParts spring;
    private final SidecarApplication.Sharing sidecars;

    MeshParts(LauncherSettings settings, SharedReactor reactor) {
        this.settings = settings;
        this.isolation = settings.isolation() == Isolation.Kind.PROCESS
                ? new OwnProcesses(settings.home(), settings.reachableAddress())
                : Isolation.none();
        this.spring = new SpringParts(reactor);
        this.sidecars = SidecarApplication.sharing(reactor.loops());
    }

    Part authority() throws Exception {
        Running running = service("mesh-ca", "ca", LauncherSettings.CA_HTTP, Map.of(), CaApplication.class, CaApplication::builder);
        return new Part(
                "mesh-ca",
                List.of("gRPC " + at(settings.port(LauncherSettings.CA_GRPC)), http(port(running)) + "/actuator"),
                uri(port(running), READINESS),
                Stage.BASE,
                running);
    }

    /** A Spring part of the mesh that is no proxy. */
    private Running service(
            String part,
            String kind,
            String portProperty,
            Map<String, String> more,
            Class<?> main,
            Supplier<SpringApplicationBuilder> builder)
            throws Exception {
        Map<String, String> all = common(kind);
        all.putAll(more);
        return web(part, main, builder, all, portProperty, settings.port(portProperty), Size.SERVICE);
    }

    /** Starts what has a web server at the port that {@code portProperty} says. */
    private Running web(
            String part,
            Class<?> main,
            Supplier<SpringApplicationBuilder> builder,
            Map<String, String> all,
            String portProperty,
            int wanted,
            Size size)
            throws Exception {
        int port = isolation.port(wanted);
        all.put(portProperty, String.valueOf(port));
        if (size == Size.APP) {
            all.putAll(drainTime("weft.app.drain-time", "0s"));
        }
        return isolation.start(
                new Program(part, main, all, Map.of(Running.HTTP, port), null, size), () -> spring.start(builder.get(), all));
    }

    private static int port(Running running) {
        return running.port(Running.HTTP);
    }

    /** Keeps mesh-pilot's own certificate fresh, in files: it is a Spring application, not a proxy. */
    Part pilotAgent() throws Exception {
        return agent(Account.PILOT);
    }

    /** The same for mesh-telemetry. */
    Part telemetryAgent() throws Exception {
        return agent(Account.TELEMETRY);
    }

    private Part agent(Account account) throws Exception {
        String part = account.part() + " agent";
        Path certificates = settings.run(account.part()).resolve("certs");
        Map<String, String> args = identity(account);
        args.put("weft.out-dir", certificates.toString());
        Running running = isolation.start(
                new Program(part, AgentApplication.class, args, Map.of(), certificates.resolve("cert-chain.pem"), Size.PROXY),
                () -> Running.withoutPort(AgentApplication.start(args(args))));
        return new Part(part, List.of("certificates in run/" + account.part() + "/certs"), null, Stage.BASE, running);
    }

    Part pilot() throws Exception {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("weft.telemetry.address", at(settings.port(LauncherSettings.TELEMETRY_TLS)));
        if (System.getProperty(SAMPLING) == null) {
            // On one machine every request is worth a look.
            all.put(SAMPLING, "100");
        }
        Running running = service(
                "mesh-pilot", "pilot", LauncherSettings.PILOT_HTTP, all, PilotApplication.class, PilotApplication::builder);
        return new Part(
                "mesh-pilot",
                List.of(
                        "REST and Actuator " + http(port(running)),
                        "xDS " + at(settings.port(LauncherSettings.XDS_TLS)) + " (TLS), "
                                + at(settings.port(LauncherSettings.XDS_PLAINTEXT)) + " (plaintext)"),
                uri(port(running), READINESS),
                Stage.PILOT,
                running);
    }

    /** mesh-telemetry, which asks mesh-pilot whom to scrape; mesh-ca is no proxy, so it is told of that. */
    Part telemetry(Part pilot, Part authority) throws Exception {
        Running running = service(
                "mesh-telemetry",
                "telemetry",
                LauncherSettings.TELEMETRY_HTTP,
                Map.of(
                        "weft.pilot.address", http(pilot.port()),
                        "weft.telemetry.scrape.targets", http(authority.port()) + "/actuator/prometheus"),
                TelemetryApplication.class,
                TelemetryApplication::builder);
        return new Part(
                "mesh-telemetry",
                List.of(
                        "console " + http(port(running)),
                        "OTLP and access logs " + at(settings.port(LauncherSettings.TELEMETRY_TLS)) + " (TLS), "
                                + at(settings.port(LauncherSettings.TELEMETRY_PLAINTEXT)) + " (plaintext)"),
                uri(port(running), READINESS),
                Stage.TELEMETRY,
                running);
    }

    Part ingress() throws Exception {
        Running running = gateway(Account.INGRESS, "ingress", LauncherSettings.INGRESS_MANAGEMENT);
        return new Part(
                Account.INGRESS.part(),
                List.of(
                        http(settings.port(LauncherSettings.INGRESS_HTTP)),
                        "https://" + at(settings.port(LauncherSettings.INGRESS_HTTPS)),
                        http(port(running)) + "/actuator"),
                uri(port(running), READINESS),
                Stage.EDGE,
                running);
    }

    Part egress() throws Exception {
        Running running = gateway(Account.EGRESS, "egress", LauncherSettings.EGRESS_MANAGEMENT);
        return new Part(
                Account.EGRESS.part(),
                List.of(http(port(running)) + "/actuator"),
                uri(port(running), READINESS),
                Stage.EGRESS,
                running);
    }

    private Running gateway(Account account, String role, String portProperty) throws Exception {
        Map<String, String> all = common("gateway");
        all.putAll(identity(account));
        all.put("weft.xds.address", at(settings.port(LauncherSettings.XDS_TLS)));
        all.put("weft.role", role);
        all.putAll(drainTime("weft.drain-time", "1s"));
        return web(
                account.part(),
                GatewayApplication.class,
                GatewayApplication::builder,
                all,
                portProperty,
                settings.port(portProperty),
                Size.SERVICE);
    }

    /** The httpbin outside the mesh: no sidecar, no identity. It keeps its port over restarts, as the seeded ServiceEntry names it. */
    Part external() throws Exception {
        Path remembered = settings.run("httpbin-external").resolve("app-port");
        int given = settings.port(LauncherSettings.EXTERNAL);
        int wanted = given == 0 ? remembered(remembered) : given;
        Optional<String> taken = new FixedPort("httpbin-external", LauncherSettings.EXTERNAL, wanted).taken(settings.address());
        if (taken.isPresent()) {
            throw new IOException(taken.get());
        }
        Map<String, String> all = new LinkedHashMap<>();
        all.put("server.address", settings.bindAddress());
        all.put("weft.app.instance", "httpbin-external");
        Running running = web(
                "httpbin-external", HttpbinApplication.class, HttpbinApplication::builder, all, APP_PORT, wanted, Size.APP);
        PrivateFiles.writePublic(remembered, port(running) + "\n");
        return new Part(
                "httpbin-external",
                List.of(http(port(running)) + " (outside the mesh)"),
                uri(port(running), "/health"),
                Stage.BASE,
                running);
    }

    private static int remembered(Path file) throws IOException {
        return Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : 0;
    }

    /**
     * An app, on the port it had last time if that is still free: its sidecar starts with the last configuration, which names it. It reads
     * where its sidecar is from a file that is written later: the sidecar has to know the app's port when it starts, so the app cannot know
     * the sidecar's.
     */
    Part app(Workload workload) throws Exception {
        Path proxyAddress = proxyAddress(workload);
        Files.deleteIfExists(proxyAddress);
        Path remembered = settings.run(workload.name()).resolve("app-port");
        int last = remembered(remembered);
        boolean free = new FixedPort(workload.name(), "", last).taken(InetAddress.getLoopbackAddress()).isEmpty();
        Map<String, String> all = new LinkedHashMap<>(workload.settings());
        all.put("server.address", "127.0.0.1");
        all.put("weft.app.instance", workload.name() + "-" + suffix());
        all.put("weft.app.http-proxy-file", proxyAddress.toString());
        all.putAll(spans(workload));
        Running running = web(
                workload.name(), workload.main(), workload.application(), all, APP_PORT, free ? last : 0, Size.APP);
        PrivateFiles.writePublic(remembered, port(running) + "\n");
        String address = "http://127.0.0.1:" + port(running);
        return new Part(workload.name(), List.of("app " + address), URI.create(address + "/health"), Stage.APP, running);
    }

    /** Where an app's spans go, and under which name. */
    private Map<String, String> spans(Workload workload) {
        return Map.of(
                "management.opentelemetry.tracing.export.otlp.endpoint", http(settings.port(LauncherSettings.TELEMETRY_HTTP)) + "/v1/traces",
                "management.opentelemetry.resource-attributes.service.name", workload.app() + "." + workload.account().namespace());
    }

    /** The sidecar of an app that runs at {@code appPort}. */
    Part sidecar(Workload workload, int appPort) throws Exception {
        Map<String, String> all = identity(workload.account());
        all.put("weft.xds.address", at(settings.port(LauncherSettings.XDS_TLS)));
        all.put("weft.workload-group", workload.name());
        all.put("weft.app.ports", workload.port() + ":" + appPort);
        String inbound = "inbound." + workload.port();
        Map<String, Integer> ports =
                Map.of("proxy", isolation.port(0), inbound, isolation.port(0), "admin", isolation.port(0));
        all.put("weft.proxy-port", String.valueOf(ports.get("proxy")));
        all.put("weft.inbound-ports", workload.port() + ":" + ports.get(inbound));
        all.put("weft.admin-port", String.valueOf(ports.get("admin")));
        String part = workload.name() + Summary.SIDECAR;
        boolean withSpring = settings.springSidecars().contains(workload.name());
        Running sidecar = withSpring
                ? springSidecar(part, all, ports)
                : isolation.start(
                        new Program(part, SidecarApplication.class, all, ports, null, Size.PROXY),
                        () -> lean(args(all)));
        int proxy = sidecar.port("proxy");
        int admin = sidecar.port(withSpring ? Running.HTTP : "admin");
        PrivateFiles.writePublic(proxyAddress(workload), "127.0.0.1:" + proxy + "\n");
        PrivateFiles.writePublic(settings.run(workload.name()).resolve("admin-address"), "127.0.0.1:" + admin + "\n");
        return new Part(
                part,
                List.of(
                        "proxy 127.0.0.1:" + proxy,
                        "inbound " + workload.port() + " at " + sidecar.port(inbound),
                        "admin http://127.0.0.1:" + admin + (withSpring ? "/actuator" : "")),
                URI.create("http://127.0.0.1:" + admin + (withSpring ? READINESS : "/ready")),
                Stage.SIDECAR,
                sidecar);
    }

    private Running lean(String[] args) {
        SidecarApplication sidecar = sidecars.start(args);
        return Running.of(sidecar::port, sidecar);
    }

    /** mesh-gateway in the place of the lean one: by the same arguments, and with a team's own beans. */
    private Running springSidecar(String part, Map<String, String> lean, Map<String, Integer> ports) throws Exception {
        Map<String, String> all = new LinkedHashMap<>(lean);
        all.put(DemoApp.PART_KIND, "gateway");
        all.put("weft.role", "sidecar");
        all.putAll(drainTime("weft.drain-time", "1s"));
        all.put("weft.bind-address", "127.0.0.1");
        all.put("spring.main.sources", TeamFilters.class.getName());
        Map<String, Integer> named = new LinkedHashMap<>(ports);
        named.put(Running.HTTP, named.remove("admin"));
        return isolation.start(
                new Program(part, GatewayApplication.class, all, named, null, Size.SERVICE),
                () -> spring.start(GatewayApplication.builder(), all));
    }

    /** Parts of one JVM stop together, with those who would have to be told to go elsewhere. */
    private Map<String, String> drainTime(String property, String time) {
        boolean together = settings.isolation() != Isolation.Kind.PROCESS && System.getProperty(property) == null;
        return together ? Map.of(property, time) : Map.of();
    }

    private Path proxyAddress(Workload workload) {
        return settings.run(workload.name()).resolve("proxy-address");
    }

    /** What every Spring part of the mesh is told; {@code kind} is for the auto-configuration filter. */
    private Map<String, String> common(String kind) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put(DemoApp.PART_KIND, kind);
        all.put("weft.home", settings.home().toString());
        all.put("weft.config.dir", settings.configDir().toString());
        all.put("weft.trust-domain", settings.trustDomain());
        all.put("weft.bind-address", settings.bindAddress());
        all.put("weft.tokens.jwks", settings.home().resolve("tokens").resolve("jwks.json").toString());
        return all;
    }

    /** What a part is told that has an identity. */
    private Map<String, String> identity(Account account) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("weft.home", settings.home().toString());
        all.put("weft.trust-domain", settings.trustDomain());
        all.put("weft.part", account.part());
        all.put("weft.namespace", account.namespace());
        all.put("weft.service-account", account.serviceAccount());
        all.put("weft.ca.address", at(settings.port(LauncherSettings.CA_GRPC)));
        all.put("weft.ca.root-cert", settings.rootCertificate().toString());
        all.put("weft.token-file", TokenIssuer.file(settings.home(), account.part()).toString());
        return all;
    }

    /** What is worth its while before most parts start, if anything is. */
    Optional<Isolation.Preparation> preparation() {
        return isolation.preparation();
    }

    /** How many parts of a stage stop at the same time. */
    int stopsAtOnce() {
        return isolation.stopsAtOnce();
    }

    /** Before the parts are stopped. */
    void stopping() {
        isolation.stopping();
    }

    /** After the parts: ends what the sidecars share. */
    @Override
    public void close() {
        sidecars.close();
        isolation.close();
    }

    private static String[] args(Map<String, String> settings) {
        return settings.entrySet().stream().map(each -> "--" + each.getKey() + "=" + each.getValue()).toArray(String[]::new);
    }

    private String at(int port) {
        return settings.reachable() + ":" + port;
    }

    private String http(int port) {
        return "http://" + at(port);
    }

    private URI uri(int port, String path) {
        return URI.create(http(port) + path);
    }

    /** As Kubernetes ends the names of pods. */
    private static String suffix() {
        return RANDOM.ints(5, 0, INSTANCE_LETTERS.length())
                .mapToObj(INSTANCE_LETTERS::charAt)
                .collect(StringBuilder::new, StringBuilder::append, StringBuilder::append)
                .toString();
    }
}
