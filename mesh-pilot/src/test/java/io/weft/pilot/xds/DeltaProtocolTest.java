package io.weft.pilot.xds;

import static io.weft.pilot.xds.AdsHarness.contents;
import static io.weft.pilot.xds.DeltaClient.names;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.Status;
import io.weft.pilot.generate.ResourceType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Delta xDS over a real socket. */
class DeltaProtocolTest {

    private static final Duration QUIET = Duration.ofMillis(300);

    @TempDir
    Path folder;

    private AdsHarness server;

    @BeforeEach
    void start() {
        server = AdsHarness.handmade(folder);
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.close();
    }

    private DeltaClient client() {
        return new DeltaClient(server.plaintext(), AdsHarness.node());
    }

    @Test
    void firstWildcardRequest_getsEverything() {
        server.publish(contents().clusters("a", "b"));
        DeltaClient client = client();

        client.subscribe(ResourceType.CLUSTER);

        assertThat(names(client.expect(ResourceType.CLUSTER))).containsExactly("a", "b");
    }

    @Test
    void firstRequest_isAnsweredEvenWhenThereIsNothing() {
        DeltaClient client = client();

        client.subscribe(ResourceType.CLUSTER);

        assertThat(client.expect(ResourceType.CLUSTER).getResourcesCount()).isZero();
    }

    @Test
    void aChange_travelsAlone() {
        server.publish(contents().clusters("a", "b"));
        DeltaClient client = client();
        client.subscribe(ResourceType.CLUSTER);
        client.expectAndAck(ResourceType.CLUSTER);

        server.publish(contents().clusters("a").with(ResourceType.CLUSTER, "b", "changed"));

        DeltaDiscoveryResponse change = client.expect(ResourceType.CLUSTER);
        assertThat(names(change)).containsExactly("b");
        assertThat(change.getRemovedResourcesList()).isEmpty();
    }

    @Test
    void aNewStateWithTheSameContent_sendsNothing() {
        server.publish(contents().clusters("a"));
        DeltaClient client = client();
        client.subscribe(ResourceType.CLUSTER);
        client.expectAndAck(ResourceType.CLUSTER);

        server.publish(contents().clusters("a"));

        assertThat(client.next(QUIET)).isNull();
    }

    @Test
    void aSlowClient_getsTheNewest_notAQueue() {
        server.publish(contents().clusters("v0"));
        DeltaClient client = client();
        client.subscribe(ResourceType.CLUSTER);
        DeltaDiscoveryResponse first = client.expect(ResourceType.CLUSTER);
        for (int i = 1; i <= 5; i++) {
            server.publish(contents().with(ResourceType.CLUSTER, "v0", "content " + i));
        }
        assertThat(client.next(QUIET)).as("one response at a time").isNull();

        client.ack(first);

        DeltaDiscoveryResponse next = client.expectAndAck(ResourceType.CLUSTER);
        assertThat(next.getResources(0).getResource().getValue().toStringUtf8()).contains("content 5");
        assertThat(client.next(QUIET)).isNull();
    }

    @Test
    void aRejectedVersion_isNotSentAgain_andGoodNeighboursGoOn() {
        server.publish(contents().with(ResourceType.CLUSTER, "good", "1").with(ResourceType.CLUSTER, "bad", "bad"));
        DeltaClient client = client();
        client.subscribe(ResourceType.CLUSTER);
        client.nack(client.expect(ResourceType.CLUSTER), "bad: cannot be");
        assertThat(client.next(QUIET)).as("no hot loop").isNull();

        server.publish(contents().with(ResourceType.CLUSTER, "good", "2").with(ResourceType.CLUSTER, "bad", "bad"));

        assertThat(names(client.expect(ResourceType.CLUSTER))).containsExactly("good");
        TypeStatus status = onlyStatus();
        assertThat(status.nack()).isNotNull();
        assertThat(status.nack().reason()).isEqualTo("bad: cannot be");
        assertThat(server.meters.get("pilot_xds_cds_reject").counter().count()).isEqualTo(1);
    }

    @Test
    void whoGoesOnRejecting_isGivenPauses() {
        server.publish(contents().with(ResourceType.CLUSTER, "a", "1"));
        DeltaClient client = client();
        client.subscribe(ResourceType.CLUSTER);
        client.nack(client.expect(ResourceType.CLUSTER), "no");
        server.publish(contents().with(ResourceType.CLUSTER, "a", "2"));
        client.nack(client.expect(ResourceType.CLUSTER), "no again");
        server.publish(contents().with(ResourceType.CLUSTER, "a", "3"));
        assertThat(client.next(Duration.ofMillis(100))).as("the pause").isNull();

        client.expectAndAck(ResourceType.CLUSTER);

        await().untilAsserted(() -> assertThat(onlyStatus().status()).isEqualTo("SYNCED"));
    }

    /** A sidecar that can bind a listener after all says so like this. */
    @Test
    void whatWasRejected_isSentAgainToWhoAsksForItsNameUnderAWildcard_andIsInSyncWhenItIsTaken() {
        server.publish(contents().with(ResourceType.LISTENER, "a", "1").with(ResourceType.LISTENER, "b", "1"));
        DeltaClient client = client();
        client.subscribe(ResourceType.LISTENER);
        client.nack(client.expect(ResourceType.LISTENER), "b: the port is taken");
        assertThat(client.next(QUIET)).isNull();

        client.subscribe(ResourceType.LISTENER, "b");
        client.unsubscribe(ResourceType.LISTENER, "b");

        assertThat(names(client.expectAndAck(ResourceType.LISTENER))).containsExactly("b");
        await().untilAsserted(() -> assertThat(onlyStatus().status()).isEqualTo("SYNCED"));
        server.publish(contents().with(ResourceType.LISTENER, "a", "1").with(ResourceType.LISTENER, "b", "2"));
        assertThat(names(client.expectAndAck(ResourceType.LISTENER))).as("the wildcard holds").containsExactly("b");
    }

    @Test
    void additionsGoInOrder_eachWhenTheOneBeforeWasAnswered() {
        server.publish(all("1"));
        DeltaClient client = client();
        client.subscribe(ResourceType.ROUTE, "r");
        client.expectAndAck(ResourceType.ROUTE);
        client.subscribe(ResourceType.LISTENER);
        client.expectAndAck(ResourceType.LISTENER);
        client.subscribe(ResourceType.ENDPOINT, "c");
        client.expectAndAck(ResourceType.ENDPOINT);
        client.subscribe(ResourceType.CLUSTER);
        client.expectAndAck(ResourceType.CLUSTER);
        // A cluster that is new to the client waits for its endpoints: they travel again.
        client.expectAndAck(ResourceType.ENDPOINT);

        server.publish(all("2"));

        DeltaDiscoveryResponse clusters = client.expect(ResourceType.CLUSTER);
        assertThat(client.next(QUIET)).as("endpoints wait for clusters").isNull();
        client.ack(clusters);
        DeltaDiscoveryResponse endpoints = client.expect(ResourceType.ENDPOINT);
        assertThat(client.next(QUIET)).as("listeners and routes wait for endpoints").isNull();
        client.ack(endpoints);
        client.expect(ResourceType.LISTENER);
        client.expect(ResourceType.ROUTE);
    }

    private DeltaClient routingToOld() {
        server.publish(contents().clusters("old").with(ResourceType.ROUTE, "r", "to old"));
        DeltaClient client = client();
        client.subscribe(ResourceType.CLUSTER);
        client.expectAndAck(ResourceType.CLUSTER);
        client.subscribe(ResourceType.ROUTE, "r");
        client.expectAndAck(ResourceType.ROUTE);
        return client;
    }

    @Test
    void aClusterGoes_onlyAfterRoutesWereAccepted() {
        DeltaClient client = routingToOld();

        server.publish(contents().clusters("new").with(ResourceType.ROUTE, "r", "to new"));

        DeltaDiscoveryResponse added = client.expectAndAck(ResourceType.CLUSTER);
        assertThat(names(added)).containsExactly("new");
        assertThat(added.getRemovedResourcesList()).isEmpty();
        DeltaDiscoveryResponse routes = client.expect(ResourceType.ROUTE);
        assertThat(client.next(QUIET)).as("the route may still use it").isNull();
        client.ack(routes);
        DeltaDiscoveryResponse removed = client.expectAndAck(ResourceType.CLUSTER);
        assertThat(removed.getRemovedResourcesList()).containsExactly("old");
        assertThat(removed.getResourcesCount()).isZero();
    }

    @Test
    void aClusterStays_whileTheNewRoutesAreRejected() {
        DeltaClient client = routingToOld();

        server.publish(contents().clusters("new").with(ResourceType.ROUTE, "r", "broken"));
        client.expectAndAck(ResourceType.CLUSTER);
        client.nack(client.expect(ResourceType.ROUTE), "broken");

        assertThat(client.next(QUIET)).as("old routes are still in force").isNull();
    }

    @Test
    void anUnknownName_isToldToBeAbsent_andComesWhenItExists() {
        DeltaClient client = client();
        client.subscribe(ResourceType.ENDPOINT, "later");
        assertThat(client.expectAndAck(ResourceType.ENDPOINT).getRemovedResourcesList()).containsExactly("later");

        server.publish(contents().with(ResourceType.ENDPOINT, "later", "here"));

        assertThat(names(client.expect(ResourceType.ENDPOINT))).containsExactly("later");
    }

    @Test
    void unsubscribed_isNotUpdated_andSubscribedAgain_isSentAgain() {
        server.publish(contents().with(ResourceType.ENDPOINT, "a", "1").with(ResourceType.ENDPOINT, "b", "1"));
        DeltaClient client = client();
        client.subscribe(ResourceType.ENDPOINT, "a", "b");
        client.expectAndAck(ResourceType.ENDPOINT);

        client.unsubscribe(ResourceType.ENDPOINT, "a");
        heardOut(client);
        server.publish(contents().with(ResourceType.ENDPOINT, "a", "2").with(ResourceType.ENDPOINT, "b", "2"));
        assertThat(names(client.expectAndAck(ResourceType.ENDPOINT))).containsExactly("b");

        client.subscribe(ResourceType.ENDPOINT, "a");
        assertThat(names(client.expectAndAck(ResourceType.ENDPOINT))).containsExactly("a");
        client.subscribe(ResourceType.ENDPOINT, "b");
        assertThat(names(client.expectAndAck(ResourceType.ENDPOINT)))
                .as("asked for again: the client may have forgotten it")
                .containsExactly("b");
    }

    @Test
    void wildcard_canBeGivenUp() {
        server.publish(contents().with(ResourceType.CLUSTER, "a", "1").with(ResourceType.CLUSTER, "b", "1"));
        DeltaClient client = client();
        client.subscribe(ResourceType.CLUSTER);
        client.expectAndAck(ResourceType.CLUSTER);
        client.subscribe(ResourceType.CLUSTER, "a");
        client.expectAndAck(ResourceType.CLUSTER);

        client.unsubscribe(ResourceType.CLUSTER, "*");
        heardOut(client);
        server.publish(contents().with(ResourceType.CLUSTER, "a", "2").with(ResourceType.CLUSTER, "b", "2"));

        assertThat(names(client.expect(ResourceType.CLUSTER))).containsExactly("a");
    }

    @Test
    void afterAReconnect_onlyTheDifferenceTravels() {
        server.publish(contents().clusters("same", "changed", "gone"));
        DeltaClient before = client();
        before.subscribe(ResourceType.CLUSTER);
        Map<String, String> held = before.expectAndAck(ResourceType.CLUSTER).getResourcesList().stream()
                .collect(java.util.stream.Collectors.toMap(r -> r.getName(), r -> r.getVersion()));
        before.close();
        server.publish(contents().clusters("same").with(ResourceType.CLUSTER, "changed", "otherwise"));

        DeltaClient after = client();
        after.resume(ResourceType.CLUSTER, held);

        assertThat(names(after.expectAndAck(ResourceType.CLUSTER))).containsExactly("changed");
        assertThat(after.expectAndAck(ResourceType.CLUSTER).getRemovedResourcesList()).containsExactly("gone");
    }

    @Test
    void aLargeSnapshot_comesInPieces() {
        AdsHarness.Contents large = contents();
        String filling = "x".repeat(100_000);
        IntStream.range(0, 30).forEach(i -> large.with(ResourceType.CLUSTER, "c" + i, filling + i));
        server.publish(large);
        DeltaClient client = client();
        client.subscribe(ResourceType.CLUSTER);

        int received = 0;
        while (received < 30) {
            DeltaDiscoveryResponse piece = client.expectAndAck(ResourceType.CLUSTER);
            assertThat(piece.getSerializedSize()).isLessThan(4 << 20);
            received += piece.getResourcesCount();
        }
        assertThat(received).isEqualTo(30);
    }

    @Test
    void unknownTypes_areIgnored() {
        server.publish(contents().clusters("a"));
        DeltaClient client = client();
        client.send(DeltaDiscoveryRequest.newBuilder().setTypeUrl("type.googleapis.com/some.other.Thing"));
        assertThat(client.next(QUIET)).isNull();

        client.subscribe(ResourceType.CLUSTER);

        client.expect(ResourceType.CLUSTER);
    }

    @Test
    void tooManyNames_endTheStream() {
        DeltaClient client = client();

        client.subscribe(ResourceType.ENDPOINT, IntStream.range(0, 101).mapToObj(i -> "n" + i).toArray(String[]::new));

        Status status = client.ended();
        assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(status.getDescription()).contains("101 names (expected: <= 100)");
    }

    @Test
    void aTooLongName_endsTheStream() {
        DeltaClient client = client();

        client.subscribe(ResourceType.ENDPOINT, "n".repeat(1025));

        assertThat(client.ended().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void aNodeIdThatWouldForgeALogLine_isRefused() {
        DeltaClient client = new DeltaClient(
                server.plaintext(), Node.newBuilder().setId("sidecar\n2026-01-01 all is well").build());

        client.subscribe(ResourceType.CLUSTER);

        assertThat(client.ended().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void aStreamWithoutNode_isRefused() {
        DeltaClient client = new DeltaClient(server.plaintext(), null);

        client.subscribe(ResourceType.CLUSTER);

        Status status = client.ended();
        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDescription()).startsWith("node: missing");
    }

    @Test
    void stop_endsEveryStreamAtOnce() {
        DeltaClient client = client();
        client.subscribe(ResourceType.CLUSTER);
        client.expectAndAck(ResourceType.CLUSTER);
        long begin = System.nanoTime();

        server.servers.stop();

        assertThat(client.ended().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void proxies_showsWhoIsConnected() {
        server.publish(contents().clusters("a"));
        DeltaClient client = client();
        client.subscribe(ResourceType.CLUSTER);
        DeltaDiscoveryResponse response = client.expect(ResourceType.CLUSTER);
        await().untilAsserted(() -> assertThat(onlyStatus().status()).isEqualTo("STALE"));

        client.ack(response);

        await().untilAsserted(() -> assertThat(onlyStatus().status()).isEqualTo("SYNCED"));
        ProxyStatus proxy = server.connections.statuses().get(0);
        assertThat(proxy.id()).isEqualTo(AdsHarness.node().getId());
        assertThat(proxy.protocol()).isEqualTo("delta");
        assertThat(proxy.identity()).isNull();
        assertThat(onlyStatus().versionAcked()).isEqualTo(onlyStatus().versionSent()).isNotEmpty();
        client.close();
        await().untilAsserted(() -> assertThat(server.connections.statuses()).isEmpty());
    }

    @Test
    void registration_isRefusedOnThePlaintextPort() {
        Node node = AdsHarness.node().toBuilder()
                .setMetadata(com.google.protobuf.Struct.newBuilder()
                        .putFields(
                                "AUTO_REGISTER_GROUP",
                                com.google.protobuf.Value.newBuilder().setStringValue("reviews-v1").build()))
                .build();
        DeltaClient client = new DeltaClient(server.plaintext(), node);

        client.subscribe(ResourceType.CLUSTER);

        assertThat(client.ended().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    /** Requests are handled in order: an answer to a later one says that the earlier was read. */
    private static void heardOut(DeltaClient client) {
        client.subscribe(ResourceType.SECRET, "nothing");
        client.expectAndAck(ResourceType.SECRET);
    }

    /** It is said after the answer is sent, so there may be none yet. */
    private TypeStatus onlyStatus() {
        List<TypeStatus> said = server.connections.statuses().stream().flatMap(proxy -> proxy.resources().stream()).toList();
        assertThat(said).isNotEmpty();
        return said.get(0);
    }

    private static AdsHarness.Contents all(String content) {
        return contents()
                .with(ResourceType.CLUSTER, "c", content)
                .with(ResourceType.ENDPOINT, "c", content)
                .with(ResourceType.LISTENER, "l", content)
                .with(ResourceType.ROUTE, "r", content);
    }
}
