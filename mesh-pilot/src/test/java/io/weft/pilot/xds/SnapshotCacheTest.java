package io.weft.pilot.xds;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.pilot.MeshYaml;
import io.weft.pilot.generate.Proxies;
import io.weft.pilot.generate.Proxy;
import io.weft.pilot.generate.ResourceType;
import io.weft.pilot.generate.Snapshot;
import io.weft.pilot.state.MeshState;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SnapshotCacheTest {

    private static final Proxy PROXY = Proxies.client("default", Map.of("app", "productpage"));
    private static final String REVIEWS = "outbound|9080||reviews.default.svc.cluster.local";
    private static final String NEW_WORKLOAD = """
            apiVersion: networking.istio.io/v1
            kind: WorkloadEntry
            metadata: {name: reviews-new, namespace: default, labels: {app: reviews}}
            spec: {address: 192.0.2.9}
            """;

    /** The validator would refuse it; whatever else may fail looks the same from here. */
    private static final String BROKEN = """
            apiVersion: networking.istio.io/v1
            kind: Sidecar
            metadata: {name: broken, namespace: default}
            spec:
              ingress: [{port: {number: 9080, name: http, protocol: HTTP}, defaultEndpoint: "127.0.0.1:none"}]
            """;

    private static MeshState mesh(String... more) {
        String[] all = new String[more.length + 1];
        all[0] = MeshYaml.file("bookinfo.yaml");
        System.arraycopy(more, 0, all, 1, more.length);
        return MeshYaml.state(all);
    }

    @Test
    void equalProxies_shareASnapshot_untilTheMeshChanges() {
        SettableStates states = new SettableStates(mesh());
        SnapshotCache cache = new SnapshotCache(states);

        Snapshot first = cache.snapshot(PROXY);
        assertThat(cache.snapshot(Proxies.client("default", Map.of("app", "productpage")))).isSameAs(first);
        states.set(mesh());
        assertThat(cache.snapshot(PROXY)).isNotNull().isNotSameAs(first);
    }

    @Test
    void whatDidNotChange_isNotMadeAgain_andWhatDidIs() {
        SettableStates states = new SettableStates(mesh());
        SnapshotCache cache = new SnapshotCache(states);

        Snapshot first = cache.snapshot(PROXY);
        states.set(mesh(NEW_WORKLOAD));
        Snapshot second = cache.snapshot(PROXY);
        assertThat(first).isNotNull();
        assertThat(second).isNotNull();
        assertThat(second.of(ResourceType.CLUSTER).get(REVIEWS).any())
                .isEqualTo(first.of(ResourceType.CLUSTER).get(REVIEWS).any());
        assertThat(second.of(ResourceType.ENDPOINT).get(REVIEWS).version())
                .isNotEqualTo(first.of(ResourceType.ENDPOINT).get(REVIEWS).version());
        String details = REVIEWS.replace("reviews", "details");
        assertThat(second.of(ResourceType.ENDPOINT).get(details)).isSameAs(first.of(ResourceType.ENDPOINT).get(details));
        assertThat(second.version(ResourceType.ENDPOINT)).isNotEqualTo(first.version(ResourceType.ENDPOINT));
        assertThat(second.version(ResourceType.ROUTE)).isEqualTo(first.version(ResourceType.ROUTE));
    }

    @Test
    void whoseSnapshotCannotBeMade_isToldNothing_theOthersAre_andLaterItIsToldAgain() {
        SettableStates states = new SettableStates(mesh());
        SnapshotCache cache = new SnapshotCache(states);
        assertThat(cache.snapshot(PROXY)).isNotNull();

        states.set(mesh(BROKEN));
        assertThat(cache.snapshot(PROXY)).isNull();
        assertThat(cache.snapshot(Proxies.ingress())).isNotNull();
        states.set(mesh(BROKEN, NEW_WORKLOAD));
        assertThat(cache.snapshot(PROXY)).isNull();
        states.set(mesh());
        assertThat(cache.snapshot(PROXY)).isNotNull();
    }

    @Test
    void whatAProxyThatIsGoneGot_isNotKept() {
        SnapshotCache cache = new SnapshotCache(new SettableStates(mesh()));

        Snapshot first = cache.snapshot(PROXY);
        cache.forget(PROXY);
        assertThat(cache.snapshot(PROXY)).isNotNull().isNotSameAs(first);
    }
}
