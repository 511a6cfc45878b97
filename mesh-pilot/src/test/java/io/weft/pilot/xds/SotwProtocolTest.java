package io.weft.pilot.xds;

import static io.weft.pilot.xds.AdsHarness.contents;
import static io.weft.pilot.xds.SotwClient.contents;
import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.weft.pilot.generate.ResourceType;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** State-of-the-world xDS over a real socket. */
class SotwProtocolTest {

    private static final Duration QUIET = Duration.ofMillis(300);

    @TempDir
    Path folder;

    private AdsHarness server;
    private SotwClient client;

    @BeforeEach
    void start() {
        server = AdsHarness.handmade(folder);
        client = new SotwClient(server.plaintext(), AdsHarness.node());
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.close();
    }

    @Test
    void clusters_areAlwaysAllOfThem() {
        server.publish(contents().clusters("a", "b"));
        client.subscribe(ResourceType.CLUSTER);
        DiscoveryResponse first = client.expect(ResourceType.CLUSTER);
        assertThat(contents(first)).containsExactly("a", "b");
        client.ack(first);

        server.publish(contents().clusters("a", "b", "c"));

        DiscoveryResponse second = client.expect(ResourceType.CLUSTER);
        assertThat(contents(second)).containsExactly("a", "b", "c");
        assertThat(second.getVersionInfo()).isNotEqualTo(first.getVersionInfo());
        assertThat(second.getNonce()).isNotEqualTo(first.getNonce());
    }

    @Test
    void endpoints_areOnlyTheChanged() {
        server.publish(contents().with(ResourceType.ENDPOINT, "a", "a1").with(ResourceType.ENDPOINT, "b", "b1"));
        client.subscribe(ResourceType.ENDPOINT, "a", "b");
        client.ack(client.expect(ResourceType.ENDPOINT), "a", "b");

        server.publish(contents().with(ResourceType.ENDPOINT, "a", "a1").with(ResourceType.ENDPOINT, "b", "b2"));

        assertThat(contents(client.expect(ResourceType.ENDPOINT))).containsExactly("b2");
    }

    @Test
    void anAck_isNotAnswered() {
        server.publish(contents().clusters("a"));
        client.subscribe(ResourceType.CLUSTER);
        client.ack(client.expect(ResourceType.CLUSTER));

        assertThat(client.next(QUIET)).isNull();
    }

    @Test
    void aRejectedVersion_isNotSentAgain() {
        server.publish(contents().clusters("bad"));
        client.subscribe(ResourceType.CLUSTER);
        client.nack(client.expect(ResourceType.CLUSTER), "no");
        assertThat(client.next(QUIET)).as("no hot loop").isNull();
        server.publish(contents().clusters("bad"));
        assertThat(client.next(QUIET)).as("the same again").isNull();

        server.publish(contents().clusters("better"));

        assertThat(contents(client.expect(ResourceType.CLUSTER))).containsExactlyInAnyOrder("better", "bad");
    }

    @Test
    void moreNames_areSentInAddition() {
        server.publish(contents().with(ResourceType.ENDPOINT, "a", "a1").with(ResourceType.ENDPOINT, "b", "b1"));
        client.subscribe(ResourceType.ENDPOINT, "a");
        DiscoveryResponse first = client.expect(ResourceType.ENDPOINT);

        client.ack(first, "a", "b");

        assertThat(contents(client.expect(ResourceType.ENDPOINT))).containsExactly("b1");
    }

    @Test
    void anOutdatedNonce_saysNothing() {
        server.publish(contents().with(ResourceType.ENDPOINT, "a", "a1").with(ResourceType.ENDPOINT, "b", "b1"));
        client.subscribe(ResourceType.ENDPOINT, "a");
        DiscoveryResponse first = client.expect(ResourceType.ENDPOINT);
        client.ack(first, "a");
        server.publish(contents().with(ResourceType.ENDPOINT, "a", "a2").with(ResourceType.ENDPOINT, "b", "b1"));
        DiscoveryResponse second = client.expect(ResourceType.ENDPOINT);

        client.ack(first, "b");
        assertThat(client.next(QUIET)).isNull();
        client.ack(second, "a", "b");

        assertThat(contents(client.expect(ResourceType.ENDPOINT))).containsExactly("b1");
    }

    @Test
    void namesAfterAWildcard_endIt() {
        server.publish(contents().with(ResourceType.CLUSTER, "a", "a1").with(ResourceType.CLUSTER, "b", "b1"));
        client.subscribe(ResourceType.CLUSTER);
        client.ack(client.expect(ResourceType.CLUSTER), "a");
        server.publish(contents().with(ResourceType.CLUSTER, "a", "a2").with(ResourceType.CLUSTER, "b", "b2"));

        assertThat(contents(client.expect(ResourceType.CLUSTER))).containsExactly("a2");
    }

    @Test
    void aClusterIsKept_untilRoutesWereAccepted() {
        server.publish(contents().clusters("old").with(ResourceType.ROUTE, "r", "to old"));
        client.subscribe(ResourceType.CLUSTER);
        client.ack(client.expect(ResourceType.CLUSTER));
        client.subscribe(ResourceType.ROUTE, "r");
        client.ack(client.expect(ResourceType.ROUTE), "r");

        server.publish(contents().clusters("new").with(ResourceType.ROUTE, "r", "to new"));

        DiscoveryResponse both = client.expect(ResourceType.CLUSTER);
        assertThat(contents(both)).containsExactlyInAnyOrder("new", "old");
        client.ack(both);
        DiscoveryResponse routes = client.expect(ResourceType.ROUTE);
        assertThat(contents(routes)).containsExactly("to new");
        client.ack(routes, "r");
        assertThat(contents(client.expect(ResourceType.CLUSTER))).containsExactly("new");
    }

    @Test
    void aClusterThatChanges_getsItsEndpointsAgain() {
        server.publish(contents().clusters("c").with(ResourceType.ENDPOINT, "c", "e"));
        client.subscribe(ResourceType.CLUSTER);
        client.ack(client.expect(ResourceType.CLUSTER));
        client.subscribe(ResourceType.ENDPOINT, "c");
        client.ack(client.expect(ResourceType.ENDPOINT), "c");

        server.publish(contents().with(ResourceType.CLUSTER, "c", "changed").with(ResourceType.ENDPOINT, "c", "e"));
        client.ack(client.expect(ResourceType.CLUSTER));

        assertThat(contents(client.expect(ResourceType.ENDPOINT)))
                .as("the cluster warms up again and would wait for them")
                .containsExactly("e");
    }

    @Test
    void secrets_comeByName() {
        server.publish(contents().with(ResourceType.SECRET, "kubernetes://s", "key"));
        client.subscribe(ResourceType.SECRET, "kubernetes://s");

        assertThat(contents(client.expect(ResourceType.SECRET))).containsExactly("key");
    }
}
