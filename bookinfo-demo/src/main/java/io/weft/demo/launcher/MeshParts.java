package io.weft.demo.launcher;

import io.weft.ca.CaApplication;
import io.weft.demo.app.DemoApp;
import io.weft.demo.httpbin.HttpbinApplication;
import io.weft.demo.launcher.SpringParts.Running;
import io.weft.gateway.GatewayApplication;
import io.weft.pilot.PilotApplication;
import io.weft.sidecar.bootstrap.AgentApplication;
import io.weft.sidecar.bootstrap.SidecarApplication;
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

/**
 * How each part is started. This is the only place that knows the parts, and it knows of each only the class its own {@code main} is in;
 * whatever passes between them goes through sockets and files.
 */
final class MeshParts implements AutoCloseable {

    private static final String READINESS = "/actuator/health/readiness";
    private static final String INSTANCE_LETTERS = "bcdfghjklmnpqrstvwxz2456789";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final LauncherSettings settings;
    private final SpringParts spring;
    private final SidecarApplication.Sharing sidecars;

    MeshParts(LauncherSettings settings, SharedReactor reactor) {
        this.settings = settings;
        this.spring = new SpringParts(reactor);
        this.sidecars = SidecarApplication.sharing(reactor.loops());
    }

    Part authority() {
        Running running = spring.start(CaApplication.builder(), common("ca"));
        return new Part(
                "mesh-ca",
                List.of("gRPC " + at(settings.port(LauncherSettings.CA_GRPC)), http(running.port()) + "/actuator"),
                uri(running.port(), READINESS),
                running);
    }

    /** Keeps mesh-pilot's own certificate fresh, in files: it is a Spring application, not a proxy. */
    Part pilotAgent() throws Exception {
        Map<String, String> args = identity(Account.PILOT);
        args.put("weft.out-dir", settings.run("mesh-pilot").resolve("certs").toString());
        return new Part("mesh-pilot agent", List.of("certificates in run/mesh-pilot/certs"), null, AgentApplication.start(args(args)));
    }

    Part pilot() {
        Running running = spring.start(PilotApplication.builder(), common("pilot"));
        return new Part(
                "mesh-pilot",
                List.of(
                        "REST and Actuator " + http(running.port()),
                        "xDS " + at(settings.port(LauncherSettings.XDS_TLS)) + " (TLS), "
                                + at(settings.port(LauncherSettings.XDS_PLAINTEXT)) + " (plaintext)"),
                uri(running.port(), READINESS),
                running);
    }

    Part ingress() {
        Running running = gateway(Account.INGRESS, "ingress");
        return new Part(
                Account.INGRESS.part(),
                List.of(
                        http(settings.port(LauncherSettings.INGRESS_HTTP)),
                        "https://" + at(settings.port(LauncherSettings.INGRESS_HTTPS)),
                        http(running.port()) + "/actuator"),
                uri(running.port(), READINESS),
                running);
    }

    Part egress() {
        Running running = gateway(Account.EGRESS, "egress");
        return new Part(
                Account.EGRESS.part(), List.of(http(running.port()) + "/actuator"), uri(running.port(), READINESS), running);
    }

    private Running gateway(Account account, String role) {
        Map<String, String> all = common("gateway");
        all.putAll(identity(account));
        all.put("weft.xds.address", at(settings.port(LauncherSettings.XDS_TLS)));
        all.put("weft.role", role);
        return spring.start(GatewayApplication.builder(), all);
    }

    /** The httpbin outside the mesh: no sidecar, no identity. It keeps its port over restarts, as the seeded ServiceEntry names it. */
    Part external() throws IOException {
        Path remembered = settings.run("httpbin-external").resolve("app-port");
        int given = settings.port(LauncherSettings.EXTERNAL);
        int wanted = given == 0 ? remembered(remembered) : given;
        Optional<String> taken = new FixedPort("httpbin-external", LauncherSettings.EXTERNAL, wanted).taken(settings.address());
        if (taken.isPresent()) {
            throw new IOException(taken.get());
        }
        Running running = spring.start(
                HttpbinApplication.builder(),
                Map.of(
                        "server.port", String.valueOf(wanted),
                        "server.address", settings.bindAddress(),
                        "weft.app.instance", "httpbin-external"));
        PrivateFiles.writePublic(remembered, running.port() + "\n");
        return new Part("httpbin-external", List.of(http(running.port()) + " (outside the mesh)"), uri(running.port(), "/health"), running);
    }

    private static int remembered(Path file) throws IOException {
        return Files.exists(file) ? Integer.parseInt(Files.readString(file).strip()) : 0;
    }

    /**
     * An app, on the port it had last time if that is still free: its sidecar starts with the last configuration, which names it. It reads
     * where its sidecar is from a file that is written later: the sidecar has to know the app's port when it starts, so the app cannot know
     * the sidecar's.
     */
    Part app(Workload workload) throws IOException {
        Path proxyAddress = proxyAddress(workload);
        Files.deleteIfExists(proxyAddress);
        Path remembered = settings.run(workload.name()).resolve("app-port");
        int last = remembered(remembered);
        boolean free = new FixedPort(workload.name(), "", last).taken(InetAddress.getLoopbackAddress()).isEmpty();
        Map<String, String> all = new LinkedHashMap<>(workload.settings());
        all.put("server.port", String.valueOf(free ? last : 0));
        all.put("server.address", "127.0.0.1");
        all.put("weft.app.instance", workload.name() + "-" + suffix());
        all.put("weft.app.http-proxy-file", proxyAddress.toString());
        Running running = spring.start(workload.application().get(), all);
        PrivateFiles.writePublic(remembered, running.port() + "\n");
        return new Part(workload.name(), List.of("app " + http(running.port())), uri(running.port(), "/health"), running);
    }

    /** The sidecar of an app that runs at {@code appPort}. */
    Part sidecar(Workload workload, int appPort) throws Exception {
        Map<String, String> all = identity(workload.account());
        all.put("weft.xds.address", at(settings.port(LauncherSettings.XDS_TLS)));
        all.put("weft.workload-group", workload.name());
        all.put("weft.app.ports", workload.port() + ":" + appPort);
        all.put("weft.proxy-port", "0");
        all.put("weft.inbound-ports", workload.port() + ":0");
        all.put("weft.admin-port", "0");
        SidecarApplication sidecar = sidecars.start(args(all));
        int proxy = sidecar.port("proxy");
        int admin = sidecar.port("admin");
        PrivateFiles.writePublic(proxyAddress(workload), "127.0.0.1:" + proxy + "\n");
        PrivateFiles.writePublic(settings.run(workload.name()).resolve("admin-address"), "127.0.0.1:" + admin + "\n");
        return new Part(
                workload.name() + Summary.SIDECAR,
                List.of(
                        "proxy 127.0.0.1:" + proxy,
                        "inbound " + workload.port() + " at " + sidecar.port("inbound." + workload.port()),
                        "admin http://127.0.0.1:" + admin),
                uri(admin, "/ready"),
                sidecar);
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

    /** After the parts: ends what the sidecars share. */
    @Override
    public void close() {
        sidecars.close();
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
