package io.weft.sidecar.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.weft.sidecar.resource.ResourceParsers;
import io.weft.sidecar.testing.Samples;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LiveConfigTest {
    private static final int MOST = 2;

    private final Recorder target = new Recorder();
    private final LiveConfig config = new LiveConfig(
            ResourceParsers.ofControlPlane(Set.of()),
            target,
            Set.of(),
            new AdsSettings(Node.getDefaultInstance(), "test pilot", true, Duration.ZERO, Duration.ofMillis(20), Duration.ofMillis(20), MOST),
            System::nanoTime);

    @BeforeEach
    void routesAreHere() {
        send(ResourceKind.CLUSTER);
    }

    private List<String> send(ResourceKind kind, RawResource... resources) {
        List<String> problems = new java.util.ArrayList<>(config.accept(new Update(kind, List.of(resources), List.of(), false)));
        problems.addAll(config.reconcile().problems());
        return problems;
    }

    private static RawResource resource(String name, Message body) {
        return new RawResource(name, "1", Any.pack(body));
    }

    private static RawResource listener(String name) {
        return resource(name, Samples.listener(name, "r"));
    }

    private void sendRoutes() {
        send(ResourceKind.ROUTES, resource("r", Samples.routes("r", "a")));
    }

    @Test
    void whatTheEngineRefuses_countsAmongTheMostThatAreKept() {
        target.refuse = Set.of("l1", "l2");
        send(ResourceKind.LISTENER, listener("l1"), listener("l2"));
        sendRoutes();
        assertThat(config.refusedListeners()).isEqualTo(2);
        assertThat(send(ResourceKind.LISTENER, listener("l3"))).containsExactly("listener l3: more than 2 resources of this kind");
        assertThat(send(ResourceKind.LISTENER, listener("l2"))).as("known already").containsExactly("listener l2: the engine does not take it");
        config.accept(new Update(ResourceKind.LISTENER, List.of(), List.of("l1"), false));
        assertThat(send(ResourceKind.LISTENER, listener("l3"))).as("there is room again").isEmpty();
    }

    @Test
    void aRefusalIsSaidOnce_andWhatIsNewInTheSameRoundIsNotHidden() {
        target.refuse = Set.of("l1", "c");
        send(ResourceKind.LISTENER, listener("l1"));
        sendRoutes();
        config.retryRefusedListeners();
        assertThat(config.reconcile().problems()).isEmpty();
        config.accept(new Update(ResourceKind.CLUSTER, List.of(resource("c", Samples.probed("c", 8081, "/health"))), List.of(), false));
        config.retryRefusedListeners();
        assertThat(config.reconcile().problems()).containsExactly("cluster c: the engine does not take it");
    }
}
