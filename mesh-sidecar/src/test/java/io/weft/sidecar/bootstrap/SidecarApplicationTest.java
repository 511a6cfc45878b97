package io.weft.sidecar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Struct;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.weft.sidecar.identity.Pem;
import io.weft.sidecar.identity.Svid;
import io.weft.sidecar.identity.TestCa;
import io.weft.sidecar.testing.AdminClient;
import io.weft.sidecar.testing.AdsServer;
import io.weft.sidecar.testing.FreePort;
import io.weft.sidecar.testing.RawBackend;
import io.weft.sidecar.testing.RawClient;
import io.weft.sidecar.testing.Samples;
import io.weft.sidecar.xds.ResourceKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.netty.resources.LoopResources;

class SidecarApplicationTest {
    private static final String PILOT = "spiffe://cluster.local/ns/istio-system/sa/mesh-pilot";
    private final TestCa ca = new TestCa();
    @TempDir
    Path home;

    private static void serve(AdsServer pilot, int listenerPort, int backend) {
        await().until(() -> pilot.deltas.size() >= 2);
        pilot.send(ResourceKind.CLUSTER, List.of(AdsServer.resource("app", "1", Samples.eds("app"))), List.of());
        pilot.send(ResourceKind.LISTENER, List.of(AdsServer.resource("l", "1", Samples.listener("l", "r", listenerPort))), List.of());
        awaitAsked(pilot, ResourceKind.ENDPOINTS, "app");
        pilot.send(ResourceKind.ENDPOINTS, List.of(AdsServer.resource("app", "1", Samples.endpoints("app", backend))), List.of());
        awaitAsked(pilot, ResourceKind.ROUTES, "r");
        pilot.send(ResourceKind.ROUTES, List.of(AdsServer.resource("r", "1", Samples.routes("r", "app"))), List.of());
    }

    private static void awaitAsked(AdsServer pilot, ResourceKind kind, String name) {
        await().until(() -> pilot.deltas.stream()
                .anyMatch(r -> r.getTypeUrl().equals(kind.typeUrl()) && r.getResourceNamesSubscribeList().contains(name)));
    }

    @Test
    void bootstrapFile_withAds_servesWhatTheControlPlaneSays() throws Exception {
        try (AdsServer pilot = new AdsServer(0); RawBackend backend = RawBackend.text("hello")) {
            Path file = Files.writeString(home.resolve("b.yaml"), """
                    node: {id: router~127.0.0.1~x.default~default.svc.cluster.local, cluster: x}
                    admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
                    dynamic_resources:
                      ads_config: {api_type: DELTA_GRPC, transport_api_version: V3, grpc_services: [{envoy_grpc: {cluster_name: pilot}}]}
                      lds_config: {resource_api_version: V3, ads: {}}
                      cds_config: {resource_api_version: V3, ads: {}}
                    static_resources:
                      clusters:
                      - name: pilot
                        type: STATIC
                        http2_protocol_options: {}
                        load_assignment:
                          cluster_name: pilot
                          endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]
                    """.formatted(pilot.port()));
            try (SidecarApplication sidecar = SidecarApplication.start("-c", file.toString())) {
                assertThat(sidecar.ready()).isFalse();
                assertThat(AdminClient.get(sidecar.port("admin"), "/ready")).contains("INITIALIZING: waiting for");
                serve(pilot, 0, backend.port());
                await().until(sidecar::ready);
                assertThat(AdminClient.get(sidecar.port("listener.l"), "/x")).startsWith("HTTP/1.1 200").endsWith("hello");
                assertThat(AdminClient.get(sidecar.port("admin"), "/config_dump")).contains("\"dynamic_route_configs\"");
                assertThat(AdminClient.get(sidecar.port("admin"), "/clusters")).contains("app::127.0.0.1:" + backend.port() + "::health_flags::healthy");
            }
        }
    }

    private void cacheIdentity(Svid svid) throws IOException {
        Path cache = home.resolve("run/reviews-v1/cache");
        Files.createDirectories(cache, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        write(cache.resolve("svid.pem"), Pem.encode(svid.key()) + Pem.encode(svid.chain()));
        write(cache.resolve("roots.pem"), Pem.encode(svid.roots()));
        Files.createDirectories(home.resolve("ca"));
        Files.writeString(home.resolve("ca/root-cert.pem"), Pem.encode(svid.roots()));
    }

    private static void write(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }

    private String[] workload(int pilotPort, int appPort) {
        return new String[] {
            "--weft.home=" + home, "--weft.part=reviews-v1", "--weft.service-account=bookinfo-reviews",
            "--weft.workload-group=reviews-v1", "--weft.app.ports=9080:" + appPort, "--weft.proxy-port=0",
            "--weft.ca.address=127.0.0.1:1", "--weft.xds.address=127.0.0.1:" + pilotPort, "--weft.drain-time=0s"
        };
    }

    @Test
    void workload_announcesItsPorts_registersByCertificate_reportsItsApp_andRemembers() throws Exception {
        cacheIdentity(ca.svid("spiffe://cluster.local/ns/default/sa/bookinfo-reviews"));
        LoopResources loops = LoopResources.create("test", 1, true);
        SharedResources shared = SharedResources.of(loops);
        int inbound;
        int proxy;
        try (AdsServer pilot = new AdsServer(0, ca.svid(PILOT)); RawBackend app = RawBackend.text("reviews")) {
            try (SidecarApplication sidecar = SidecarApplication.start(shared, workload(pilot.port(), app.port()))) {
                inbound = sidecar.port("inbound.9080");
                proxy = sidecar.port("proxy");
                await().until(() -> pilot.deltas.size() >= 2);
                Node node = pilot.deltas.get(0).getNode();
                assertThat(node.getId()).isEqualTo("sidecar~127.0.0.1~reviews-v1.default~default.svc.cluster.local");
                Struct metadata = node.getMetadata();
                assertThat(metadata.getFieldsOrThrow("AUTO_REGISTER_GROUP").getStringValue()).isEqualTo("reviews-v1");
                assertThat(metadata.getFieldsOrThrow("WEFT_PROXY_PORT").getNumberValue()).isEqualTo(proxy);
                Struct ports = metadata.getFieldsOrThrow("WEFT_INBOUND_PORTS").getStructValue().getFieldsOrThrow("9080").getStructValue();
                assertThat(ports.getFieldsOrThrow("inbound").getNumberValue()).isEqualTo(inbound);
                assertThat(ports.getFieldsOrThrow("app").getNumberValue()).isEqualTo(app.port());
                pilot.send(
                        ResourceKind.CLUSTER,
                        List.of(AdsServer.resource("inbound|9080||", "1", Samples.probed("inbound|9080||", app.port(), "/health"))),
                        List.of());
                pilot.send(ResourceKind.LISTENER, List.of(AdsServer.resource("in", "1", Samples.listener("in", "r", inbound))), List.of());
                awaitAsked(pilot, ResourceKind.ROUTES, "r");
                pilot.send(ResourceKind.ROUTES, List.of(AdsServer.resource("r", "1", Samples.routes("r", "inbound|9080||"))), List.of());
                await().until(sidecar::ready);
                await().until(() -> pilot.deltas.stream().anyMatch(SidecarApplicationTest::healthy));
                assertThat(pilot.deltas.stream().filter(report -> report.getTypeUrl().equals(ResourceKind.HEALTH_TYPE_URL)))
                        .as("of one that was killed the control plane may remember that it was well")
                        .extracting(report -> report.getErrorDetail().getMessage())
                        .containsExactly("starting: not probed yet", "");
                assertThat(AdminClient.get(inbound, "/")).endsWith("reviews");
            }
        }
        // Pilot is gone now: what was good last is served, at the same ports, from disk.
        int nobody = FreePort.next();
        try (RawBackend app = RawBackend.text("again");
                SidecarApplication sidecar = SidecarApplication.start(shared, workload(nobody, app.port()))) {
            assertThat(sidecar.port("inbound.9080")).isEqualTo(inbound);
            assertThat(sidecar.port("proxy")).isEqualTo(proxy);
            await().until(sidecar::ready);
            assertThat(AdminClient.get(sidecar.port("admin"), "/actuator/info")).contains("of the last run, from disk");
        } finally {
            shared.close();
            loops.disposeLater(Duration.ZERO, Duration.ofSeconds(2)).block();
        }
    }

    @Test
    void aStoppingSidecarSaysSo_andServesOnWithLiveConfiguration() throws Exception {
        cacheIdentity(ca.svid("spiffe://cluster.local/ns/default/sa/bookinfo-reviews"));
        try (AdsServer pilot = new AdsServer(0, ca.svid(PILOT)); RawBackend app = RawBackend.text("old"); RawBackend next = RawBackend.text("new")) {
            String[] args = workload(pilot.port(), app.port());
            args[args.length - 1] = "--weft.drain-time=30s";
            SidecarApplication sidecar = SidecarApplication.start(args);
            int inbound = sidecar.port("inbound.9080");
            await().until(() -> pilot.deltas.size() >= 2);
            pilot.send(ResourceKind.CLUSTER, List.of(AdsServer.resource("inbound|9080||", "1", Samples.eds("inbound|9080||"))), List.of());
            pilot.send(ResourceKind.LISTENER, List.of(AdsServer.resource("in", "1", Samples.listener("in", "r", inbound))), List.of());
            awaitAsked(pilot, ResourceKind.ENDPOINTS, "inbound|9080||");
            pilot.send(ResourceKind.ENDPOINTS, List.of(AdsServer.resource("inbound|9080||", "1", Samples.endpoints("inbound|9080||", app.port()))), List.of());
            awaitAsked(pilot, ResourceKind.ROUTES, "r");
            pilot.send(ResourceKind.ROUTES, List.of(AdsServer.resource("r", "1", Samples.routes("r", "inbound|9080||"))), List.of());
            await().until(() -> pilot.deltas.stream().anyMatch(SidecarApplicationTest::healthy));
            try (RawClient client = new RawClient(inbound)) {
                assertThat(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").read().header("connection")).isNull();
                CompletableFuture<Void> stopping = CompletableFuture.runAsync(sidecar::close);
                await().until(() -> pilot.deltas.stream().anyMatch(report -> report.getErrorDetail().getMessage().equals("draining")));
                assertThat(AdminClient.get(sidecar.port("admin"), "/ready")).startsWith("HTTP/1.1 503");
                pilot.send(ResourceKind.ENDPOINTS, List.of(AdsServer.resource("inbound|9080||", "2", Samples.endpoints("inbound|9080||", next.port()))), List.of());
                await().untilAsserted(() -> assertThat(AdminClient.get(inbound, "/")).contains("onnection: close").endsWith("new"));
                RawClient.Response last = client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").read();
                assertThat(last.header("connection")).isEqualTo("close");
                assertThat(client.closed()).isTrue();
                // nobody is there any more, and nobody comes: the rest of the drain time need not be waited for
                stopping.get(20, TimeUnit.SECONDS);
            }
            assertThatThrownBy(() -> new RawClient(inbound)).isInstanceOf(IOException.class);
        }
    }

    private static boolean healthy(DeltaDiscoveryRequest request) {
        return request.getTypeUrl().equals(ResourceKind.HEALTH_TYPE_URL) && !request.hasErrorDetail();
    }

    @Test
    void workload_doesNotBelieveAnotherServer() throws Exception {
        cacheIdentity(ca.svid("spiffe://cluster.local/ns/default/sa/bookinfo-reviews"));
        try (AdsServer impostor = new AdsServer(0, ca.svid("spiffe://cluster.local/ns/default/sa/httpbin"));
                SidecarApplication sidecar = SidecarApplication.start(workload(impostor.port(), 1))) {
            await().until(() -> sidecar.waitingFor().contains("peer is spiffe://cluster.local/ns/default/sa/httpbin"));
            assertThat(impostor.deltas).isEmpty();
            assertThat(sidecar.ready()).isFalse();
        }
    }

    @Test
    void workload_withoutIdentity_saysWhatItWaitsFor() {
        try (SidecarApplication sidecar = SidecarApplication.start(workload(1, 1))) {
            await().until(() -> sidecar.waitingFor().contains("waiting for the mesh's root certificate at " + home));
            assertThat(AdminClient.get(sidecar.port("admin"), "/ready")).startsWith("HTTP/1.1 503").contains("root certificate");
        }
    }

    @Test
    void takenPort_isOneClearLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String[] args = workload(1, 1);
            args[5] = "--weft.proxy-port=" + taken.getLocalPort();
            assertThatThrownBy(() -> SidecarApplication.start(args))
                    .isInstanceOf(StartException.class)
                    .hasMessageStartingWith("proxy port " + taken.getLocalPort() + " cannot be bound")
                    .hasMessageEndingWith("--weft.proxy-port changes it");
        }
    }

    @Test
    void takenAdminPort_isOneClearLine_butOneOfLastTimeIsReplaced() throws Exception {
        String[] args = workload(1, 1);
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String[] wanted = Arrays.copyOf(args, args.length + 1);
            wanted[args.length] = "--weft.admin-port=" + taken.getLocalPort();
            assertThatThrownBy(() -> SidecarApplication.start(wanted))
                    .isInstanceOf(StartException.class)
                    .hasMessageStartingWith("admin port " + taken.getLocalPort() + " cannot be bound")
                    .hasMessageEndingWith("--weft.admin-port changes it");
        }
        int last;
        try (SidecarApplication sidecar = SidecarApplication.start(args)) {
            last = sidecar.port("admin");
        }
        try (ServerSocket taken = new ServerSocket(last, 1, InetAddress.getByName("127.0.0.1"));
                SidecarApplication sidecar = SidecarApplication.start(args)) {
            assertThat(sidecar.port("admin")).isPositive().isNotEqualTo(taken.getLocalPort());
        }
    }
}
