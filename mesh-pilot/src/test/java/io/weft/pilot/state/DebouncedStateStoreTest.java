package io.weft.pilot.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.Kind;
import io.weft.pilot.model.MeshSettings;
import io.weft.pilot.model.cluster.Cluster;
import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.PeerAuthentication;
import io.weft.pilot.registry.StoredWorkloads;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DebouncedStateStoreTest {

    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile Collection<ConfigObject> objects = List.of();
    private volatile boolean broken;
    private final DebouncedStateStore store = new DebouncedStateStore(
            () -> MeshSettings.DEFAULTS,
            this::objects,
            () -> new StoredWorkloads.Snapshot(List.of(), Map.of()),
            () -> Cluster.EMPTY,
            executor);

    private Collection<ConfigObject> objects() {
        if (broken) {
            failures.incrementAndGet();
            throw new IllegalStateException("as wanted by the test");
        }
        return objects;
    }

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    @Test
    void manyChanges_becomeFewStates() {
        List<MeshState> heard = new CopyOnWriteArrayList<>();
        store.subscribe(heard::add);
        objects = List.of(policy("a"));
        for (int i = 0; i < 500; i++) {
            store.changed();
        }
        await().untilAsserted(() -> assertThat(heard).isNotEmpty());
        assertThat(heard.get(heard.size() - 1).all(PeerAuthentication.class)).hasSize(1);
        assertThat(store.current().version()).isLessThan(20);
    }

    @Test
    void constantChanges_doNotHoldTheStateBack() {
        objects = List.of(policy("a"));
        await().pollInterval(Duration.ofMillis(2)).atMost(Duration.ofSeconds(30)).until(() -> {
            store.changed();
            return store.current().version() > 0;
        });
    }

    @Test
    void flush_isInForceWhenItReturns() {
        objects = List.of(policy("a"), policy("b"));
        store.flush();
        assertThat(store.current().get(PeerAuthentication.class, "default", "b")).isPresent();
    }

    @Test
    void brokenListener_doesNotHurtTheOthers_andAClosedOneIsSilent() {
        List<MeshState> heard = new CopyOnWriteArrayList<>();
        List<MeshState> closed = new CopyOnWriteArrayList<>();
        store.subscribe(state -> {
            throw new IllegalStateException("as wanted by the test");
        });
        store.subscribe(closed::add).close();
        store.subscribe(heard::add);
        store.flush();
        await().untilAsserted(() -> assertThat(heard).hasSize(1));
        assertThat(closed).isEmpty();
    }

    @Test
    void aStateThatCannotBeBuilt_leavesTheLastInForce_andTheNextChangeCounts() {
        objects = List.of(policy("a"));
        store.flush();
        broken = true;
        store.changed();
        await().until(() -> failures.get() > 0);
        assertThat(store.current().all(PeerAuthentication.class)).hasSize(1);

        broken = false;
        objects = List.of(policy("a"), policy("b"));
        store.changed();
        await().until(() -> store.current().all(PeerAuthentication.class).size() == 2);
    }

    private static PeerAuthentication policy(String name) {
        return new PeerAuthentication(
                ObjectMeta.of(Kind.PEER_AUTHENTICATION, "default", name),
                null,
                PeerAuthentication.Mode.STRICT,
                Map.of());
    }
}
