package io.weft.sidecar.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Any;
import com.google.protobuf.util.Durations;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.grpc.netty.NettyChannelBuilder;
import io.weft.sidecar.resource.ResourceParsers;
import io.weft.sidecar.testing.AdsServer;
import io.weft.sidecar.testing.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdsClientTest {
    // For all tests, and never ended: gRPC's last events of a call give back the buffers of messages nobody read, on this executor, when the test is over.
    private static final ScheduledExecutorService EXECUTOR = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "ads-client-test");
        thread.setDaemon(true);
        return thread;
    });

    private final Recorder target = new Recorder();
    @TempDir
    Path folder;
    private AdsServer server;
    private @Nullable AdsClient client;

    @BeforeEach
    void startServer() throws IOException {
        server = new AdsServer(0);
    }

    @AfterEach
    void stop() {
        if (client != null) {
            client.close();
        }
        server.close();
    }

    private AdsClient client(boolean delta, Duration fetchTimeout, @Nullable LastGood cache, Recorder into) {
        AdsSettings settings = new AdsSettings(
                Node.newBuilder().setId("sidecar~127.0.0.1~test.default~default.svc.cluster.local").build(),
                "test pilot",
                delta,
                fetchTimeout,
                Duration.ofMillis(20),
                Duration.ofMillis(200),
                1000);
        int port = server.port();
        AdsClient made = new AdsClient(
                settings,
                () -> NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().executor(EXECUTOR).build(),
                EXECUTOR,
                ResourceParsers.ofControlPlane(Set.of()),
                into,
                cache,
                Set.of());
        client = made;
        made.start();
        return made;
    }

    private AdsClient delta() {
        return client(true, Duration.ofSeconds(15), null, target);
    }

    private DeltaDiscoveryRequest subscription(ResourceKind kind, String name) {
        await().until(() -> server.deltas.stream()
                .anyMatch(r -> r.getTypeUrl().equals(kind.typeUrl()) && r.getResourceNamesSubscribeList().contains(name)));
        return server.deltas.stream()
                .filter(r -> r.getTypeUrl().equals(kind.typeUrl()) && r.getResourceNamesSubscribeList().contains(name))
                .findFirst()
                .orElseThrow();
    }

    private DeltaDiscoveryRequest answer(String nonce) {
        await().until(() -> server.deltas.stream().anyMatch(r -> r.getResponseNonce().equals(nonce)));
        return server.deltas.stream().filter(r -> r.getResponseNonce().equals(nonce)).findFirst().orElseThrow();
    }

    private void awaitFirstRequests() {
        await().until(() -> server.deltas.size() >= 2);
    }

    private void serveOneListener() {
        awaitFirstRequests();
        server.send(ResourceKind.CLUSTER, List.of(AdsServer.resource("a", "1", Samples.eds("a"))), List.of());
        subscription(ResourceKind.ENDPOINTS, "a");
        server.send(ResourceKind.ENDPOINTS, List.of(AdsServer.resource("a", "1", Samples.endpoints("a", 8081))), List.of());
        server.send(ResourceKind.LISTENER, List.of(AdsServer.resource("l", "1", Samples.listener("l", "r"))), List.of());
        subscription(ResourceKind.ROUTES, "r");
        server.send(ResourceKind.ROUTES, List.of(AdsServer.resource("r", "1", Samples.routes("r", "a"))), List.of());
    }

    @Test
    void delta_warmsClustersThenListeners_andAcknowledges() {
        AdsClient ads = delta();
        awaitFirstRequests();
        assertThat(server.deltas.get(0).getNode().getId()).startsWith("sidecar~");
        assertThat(server.deltas.get(1).hasNode()).as("only the first request says who we are").isFalse();
        String lds = server.send(ResourceKind.LISTENER, List.of(AdsServer.resource("l", "1", Samples.listener("l", "r"))), List.of());
        assertThat(answer(lds).hasErrorDetail()).isFalse();
        String cds = server.send(ResourceKind.CLUSTER, List.of(AdsServer.resource("a", "1", Samples.eds("a"))), List.of());
        assertThat(answer(cds).hasErrorDetail()).isFalse();
        subscription(ResourceKind.ENDPOINTS, "a");
        assertThat(target.clusters).as("waits for its endpoints").isEmpty();
        assertThat(ads.state().ready()).isFalse();
        assertThat(ads.state().waitingFor()).contains("endpoints a").contains("test pilot");
        subscription(ResourceKind.ROUTES, "r");
        server.send(ResourceKind.ROUTES, List.of(AdsServer.resource("r", "1", Samples.routes("r", "a"))), List.of());
        await().until(() -> target.routes.containsKey("r"));
        assertThat(target.listeners).as("waits for the first clusters").isEmpty();
        server.send(ResourceKind.ENDPOINTS, List.of(AdsServer.resource("a", "1", Samples.endpoints("a", 8081))), List.of());
        await().until(() -> ads.state().ready());
        assertThat(target.order).containsExactly("routes r", "endpoints a", "cluster a", "listener l");
        assertThat(ads.state().connected()).isTrue();
    }

    @Test
    void delta_refusesTheBadResourceByName_andKeepsTheGood() {
        AdsClient ads = delta();
        serveOneListener();
        await().until(() -> ads.state().ready());
        String nonce = server.send(
                ResourceKind.CLUSTER,
                List.of(AdsServer.resource("a", "2", Samples.bad("a")), AdsServer.resource("b", "1", Samples.eds("b"))),
                List.of());
        assertThat(answer(nonce).getErrorDetail().getMessage()).isEqualTo("cluster a: unsupported field lb_subset_config");
        assertThat(target.clusters).containsKey("a");
        subscription(ResourceKind.ENDPOINTS, "b");
        server.send(ResourceKind.ENDPOINTS, List.of(AdsServer.resource("b", "1", Samples.endpoints("b", 8082))), List.of());
        await().until(() -> target.clusters.containsKey("b"));
    }

    @Test
    void delta_refusesWhatTheEngineRefuses() {
        target.refuse = Set.of("l");
        delta();
        awaitFirstRequests();
        server.send(ResourceKind.CLUSTER, List.of(), List.of());
        server.send(ResourceKind.LISTENER, List.of(AdsServer.resource("l", "1", Samples.listener("l", "r"))), List.of());
        subscription(ResourceKind.ROUTES, "r");
        String nonce = server.send(ResourceKind.ROUTES, List.of(AdsServer.resource("r", "1", Samples.routes("r", "a"))), List.of());
        assertThat(answer(nonce).getErrorDetail().getMessage()).isEqualTo("listener l: the engine does not take it");
    }

    @Test
    void aListenerThatTheEngineRefuses_isTriedAgain_andAcknowledgedWhenItIsInForce() {
        AdsClient ads = delta();
        serveOneListener();
        await().until(() -> ads.state().ready());
        target.refuse = Set.of("m");
        String nonce = server.send(ResourceKind.LISTENER, List.of(AdsServer.resource("m", "1", Samples.listener("m", "r"))), List.of());
        assertThat(answer(nonce).getErrorDetail().getMessage()).isEqualTo("listener m: the engine does not take it");
        assertThat(target.listeners).containsOnlyKeys("l");
        target.refuse = Set.of();
        await().until(() -> target.listeners.containsKey("m"));
        assertThat(subscription(ResourceKind.LISTENER, "m").hasErrorDetail()).isFalse();
        await().until(() -> server.deltas.stream().anyMatch(r -> r.getResourceNamesUnsubscribeList().contains("m")));
        String again = server.send(ResourceKind.LISTENER, List.of(AdsServer.resource("m", "1", Samples.listener("m", "r"))), List.of());
        assertThat(answer(again).hasErrorDetail()).isFalse();
        assertThat(target.order.stream().filter("listener m"::equals)).as("bound once").hasSize(1);
        server.send(ResourceKind.LISTENER, List.of(), List.of("m"));
        await().until(() -> !target.listeners.containsKey("m"));
    }

    @Test
    void whatTheEngineRefuses_isNotWhatIsThere_soANewStreamGetsItAgain_andTheLastGoodOneStays() {
        AdsClient ads = delta();
        serveOneListener();
        await().until(() -> ads.state().ready());
        target.refuse = Set.of("a");
        String cluster = server.send(
                ResourceKind.CLUSTER,
                List.of(AdsServer.resource("a", "2", Samples.eds("a").toBuilder().setConnectTimeout(Durations.fromSeconds(7)).build())),
                List.of());
        assertThat(answer(cluster).hasErrorDetail()).isTrue();
        target.refuse = Set.of("m");
        server.send(ResourceKind.LISTENER, List.of(AdsServer.resource("m", "1", Samples.listener("m", "r"))), List.of());
        await().until(() -> server.deltas.stream().anyMatch(r -> r.getErrorDetail().getMessage().contains("listener m")));
        server.deltas.clear();
        server.endStream();
        await().until(() -> server.deltas.stream().anyMatch(r -> r.getInitialResourceVersionsMap().containsKey("l")));
        assertThat(server.deltas).noneMatch(r -> r.getInitialResourceVersionsMap().containsKey("m"));
        assertThat(server.deltas).anyMatch(r -> "1".equals(r.getInitialResourceVersionsMap().get("a")));
    }

    @Test
    void delta_unsubscribesAndDropsWhatNothingNeedsAnyMore() {
        AdsClient ads = delta();
        serveOneListener();
        await().until(() -> ads.state().ready());
        server.send(ResourceKind.CLUSTER, List.of(), List.of("a"));
        await().until(() -> server.deltas.stream().anyMatch(r -> r.getResourceNamesUnsubscribeList().contains("a")));
        await().until(() -> target.clusters.isEmpty() && target.endpoints.isEmpty());
    }

    @Test
    void delta_comesBackWithTheVersionsItHas() {
        AdsClient ads = delta();
        serveOneListener();
        await().until(() -> ads.state().ready());
        server.deltas.clear();
        server.endStream();
        await().until(() -> server.streams.get() == 2);
        await().until(() -> server.deltas.stream()
                .anyMatch(r -> r.getTypeUrl().equals(ResourceKind.CLUSTER.typeUrl())
                        && "1".equals(r.getInitialResourceVersionsMap().get("a"))));
        DeltaDiscoveryRequest eds = subscription(ResourceKind.ENDPOINTS, "a");
        assertThat(eds.getInitialResourceVersionsMap()).containsEntry("a", "1");
        assertThat(ads.state().ready()).as("goes on serving").isTrue();
        assertThat(target.listeners).containsKey("l");
    }

    @Test
    void listenerWhoseRoutesDoNotCome_isUsedWithoutAfterTheTimeout() {
        AdsClient ads = client(true, Duration.ofMillis(300), null, target);
        awaitFirstRequests();
        server.send(ResourceKind.CLUSTER, List.of(), List.of());
        server.send(ResourceKind.LISTENER, List.of(AdsServer.resource("l", "1", Samples.listener("l", "r"))), List.of());
        await().until(() -> target.listeners.containsKey("l"));
        assertThat(ads.state().ready()).isTrue();
    }

    @Test
    void nameTheServerDoesNotHave_isNotWaitedFor() {
        delta();
        awaitFirstRequests();
        server.send(ResourceKind.CLUSTER, List.of(AdsServer.resource("a", "1", Samples.eds("a"))), List.of());
        subscription(ResourceKind.ENDPOINTS, "a");
        server.send(ResourceKind.ENDPOINTS, List.of(), List.of("a"));
        await().until(() -> target.clusters.containsKey("a"));
    }

    @Test
    void health_isReportedAndReportedAgainOnANewStream() {
        AdsClient ads = delta();
        awaitFirstRequests();
        ads.reportHealth("GET /health: 500 (expected: 200)");
        await().until(() -> health().stream().anyMatch(r -> r.getErrorDetail().getMessage().contains("500")));
        ads.reportHealth(null);
        await().until(() -> health().stream().anyMatch(r -> !r.hasErrorDetail()));
        server.deltas.clear();
        server.endStream();
        await().until(() -> health().size() == 1 && !health().get(0).hasErrorDetail());
    }

    private List<DeltaDiscoveryRequest> health() {
        return server.deltas.stream().filter(r -> r.getTypeUrl().equals(ResourceKind.HEALTH_TYPE_URL)).toList();
    }

    @Test
    void cache_servesWithoutTheControlPlane() throws IOException {
        Path file = folder.resolve("cache/xds.bin");
        AdsClient first = client(true, Duration.ofSeconds(15), new LastGood(file, "me"), target);
        serveOneListener();
        await().until(() -> first.state().ready());
        await().until(() -> Files.exists(file) && new LastGood(file, "me").load().size() == 5
                && new LastGood(file, "me").load().get(ResourceKind.ROUTES).size() == 1);
        first.close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        server.close();
        Recorder again = new Recorder();
        AdsClient second = client(true, Duration.ofSeconds(15), new LastGood(file, "me"), again);
        await().until(() -> second.state().ready());
        assertThat(again.listeners).containsKey("l");
        assertThat(again.clusters).containsKey("a");
        assertThat(second.state().cached()).isTrue();
        assertThat(second.state().connected()).isFalse();
        AtomicInteger told = new AtomicInteger();
        second.onReady(told::incrementAndGet);
        await("who asks later").until(() -> told.get() == 1);
        second.close();
        Recorder stranger = new Recorder();
        AdsClient third = client(true, Duration.ofSeconds(15), new LastGood(file, "somebody else"), stranger);
        await().until(() -> third.state().waitingFor().contains("test pilot"));
        assertThat(third.state().ready()).isFalse();
        assertThat(stranger.order).isEmpty();
    }

    @Test
    void withoutCacheAndControlPlane_itSaysWhatItWaitsFor() {
        server.close();
        AdsClient ads = delta();
        await().until(() -> ads.state().waitingFor().contains("UNAVAILABLE"));
        assertThat(ads.state().ready()).isFalse();
        assertThat(ads.state().waitingFor()).startsWith("clusters from test pilot");
    }

    @Test
    void sotw_takesFullSets_acknowledgesVersions_andRefuses() {
        AdsClient ads = client(false, Duration.ofSeconds(15), null, target);
        await().until(() -> server.requests.size() >= 2);
        server.sendAll(ResourceKind.CLUSTER, "v1", List.of(Samples.eds("a"), Samples.eds("b")));
        await().until(() -> server.requests.stream().anyMatch(r -> r.getTypeUrl().equals(ResourceKind.ENDPOINTS.typeUrl())
                && r.getResourceNamesList().containsAll(List.of("a", "b"))));
        server.sendAll(ResourceKind.ENDPOINTS, "v1", List.of(Samples.endpoints("a", 1), Samples.endpoints("b", 2)));
        await().until(() -> target.clusters.keySet().containsAll(Set.of("a", "b")));
        String bad = server.sendAll(ResourceKind.CLUSTER, "v2", List.of(Samples.bad("a")));
        await().until(() -> server.requests.stream().anyMatch(r -> r.getResponseNonce().equals(bad) && r.hasErrorDetail()));
        DiscoveryRequest nack = server.requests.stream()
                .filter(r -> r.getResponseNonce().equals(bad) && r.hasErrorDetail())
                .findFirst()
                .orElseThrow();
        assertThat(nack.getVersionInfo()).isEqualTo("v1");
        assertThat(nack.getErrorDetail().getMessage()).contains("cluster a: unsupported field lb_subset_config");
        assertThat(target.clusters).as("the bad one keeps its last good version, the absent one is gone").containsOnlyKeys("a");
        String good = server.sendAll(ResourceKind.CLUSTER, "v3", List.of(Samples.eds("a")));
        await().until(() -> server.requests.stream()
                .anyMatch(r -> r.getResponseNonce().equals(good) && r.getVersionInfo().equals("v3") && !r.hasErrorDetail()));
        assertThat(ads.state().connected()).isTrue();
    }

    @Test
    void aClusterThatChangesAgainAndAgain_isNotWaitedForAnew() {
        client(true, Duration.ofMillis(300), null, target);
        awaitFirstRequests();
        AtomicInteger version = new AtomicInteger();
        await().pollInterval(Duration.ofMillis(50)).until(() -> {
            int next = version.incrementAndGet();
            Cluster changed = Samples.eds("a").toBuilder().setConnectTimeout(com.google.protobuf.Duration.newBuilder().setSeconds(next)).build();
            server.send(ResourceKind.CLUSTER, List.of(AdsServer.resource("a", Integer.toString(next), changed)), List.of());
            return target.clusters.containsKey("a");
        });
    }

    @Test
    void aResourceThatBreaksItsParser_holdsUpNobodyElse() {
        delta();
        awaitFirstRequests();
        Cluster hostile = Samples.eds("hostile").toBuilder()
                .setTransportSocket(TransportSocket.newBuilder()
                        .setName("tls")
                        .setTypedConfig(Any.pack(UpstreamTlsContext.newBuilder()
                                .setCommonTlsContext(CommonTlsContext.newBuilder()
                                        .setValidationContext(CertificateValidationContext.newBuilder()
                                                .setTrustedCa(DataSource.newBuilder().setFilename("/etc/\0"))))
                                .build())))
                .build();
        String nonce = server.send(
                ResourceKind.CLUSTER, List.of(AdsServer.resource("hostile", "1", hostile), AdsServer.resource("a", "1", Samples.eds("a"))), List.of());
        assertThat(answer(nonce).getErrorDetail().getMessage()).contains("cluster hostile").contains("not a path");
        subscription(ResourceKind.ENDPOINTS, "a");
    }

    private static Any springRoute(String value) {
        return Any.newBuilder()
                .setTypeUrl(ResourceKind.SPRING_ROUTES.typeUrl())
                .setValue(com.google.protobuf.ByteString.copyFromUtf8(value))
                .build();
    }

    @Test
    void anExtensionIsAskedForOnlyByWhoTakesIt_andARefusedResourceLeavesTheOthersInForce() {
        target.extensions = Set.of(ResourceKind.SPRING_ROUTES);
        target.refuse = Set.of("default/bad");
        delta();
        await().until(() -> server.deltas.stream().anyMatch(r -> r.getTypeUrl().equals(ResourceKind.SPRING_ROUTES.typeUrl())));
        String both = server.send(
                ResourceKind.SPRING_ROUTES,
                List.of(
                        AdsServer.resource("default/bad", "1", springRoute("bad")),
                        AdsServer.resource("default/good", "1", springRoute("good"))),
                List.of());
        assertThat(answer(both).getErrorDetail().getMessage())
                .isEqualTo("spring_routes default/bad: filters[0]: Nonsense (expected: a filter)");
        assertThat(target.springRoutes).containsOnlyKeys("default/good");
        String removal = server.send(ResourceKind.SPRING_ROUTES, List.of(), List.of("default/good", "default/never"));
        assertThat(answer(removal).hasErrorDetail()).isFalse();
        assertThat(target.springRoutes).isEmpty();
    }

    @Test
    void anExtensionNobodyTakesIsNotAskedFor_andRefusedWhenItComesAllTheSame() {
        delta();
        serveOneListener();
        assertThat(server.deltas).noneMatch(r -> r.getTypeUrl().equals(ResourceKind.SPRING_ROUTES.typeUrl()));
        String nonce = server.send(ResourceKind.SPRING_ROUTES, List.of(AdsServer.resource("default/a", "1", springRoute("a"))), List.of());
        assertThat(answer(nonce).getErrorDetail().getMessage()).contains("was not asked for");
    }

    @Test
    void extensionsAreKeptOnDisk() throws IOException {
        LastGood cache = new LastGood(folder.resolve("xds"), "spiffe://me");
        target.extensions = Set.of(ResourceKind.SPRING_ROUTES);
        client(true, Duration.ofSeconds(15), cache, target);
        serveOneListener();
        server.send(ResourceKind.SPRING_ROUTES, List.of(AdsServer.resource("default/a", "1", springRoute("a"))), List.of());
        await().until(() -> cache.load().getOrDefault(ResourceKind.SPRING_ROUTES, List.of()).size() == 1);
        client.close();
        server.close();
        Recorder again = new Recorder();
        again.extensions = Set.of(ResourceKind.SPRING_ROUTES);
        client(true, Duration.ofSeconds(15), cache, again);
        await().until(() -> again.springRoutes.containsKey("default/a"));
    }
}
