package io.weft.pilot.registry.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.pilot.MeshYaml;
import io.weft.pilot.model.MeshSettings;
import io.weft.pilot.model.cluster.Cluster;
import io.weft.pilot.model.cluster.EndpointSlice;
import io.weft.pilot.model.cluster.EndpointSlice.AddressType;
import io.weft.pilot.model.cluster.Node;
import io.weft.pilot.model.cluster.Pod;
import io.weft.pilot.model.cluster.ResourceName;
import io.weft.pilot.registry.MeshEndpoint;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.registry.ServiceView;
import io.weft.pilot.registry.entry.ServiceViews;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Services of a cluster, with the pods behind them. */
class PodEndpointsTest {

    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: ratings, namespace: default}
            spec: {selector: {app: ratings}, ports: [{name: http, port: 9080, targetPort: 9081}]}
            """;

    private static Pod pod(String name, Map<String, String> more, String account) {
        Map<String, String> labels = new HashMap<>(more);
        labels.put("app", "ratings");
        return new Pod(new ResourceName("default", name), labels, account, "node-1", "ratings-v1");
    }

    private static EndpointSlice slice(String name, AddressType type, EndpointSlice.Endpoint... endpoints) {
        return new EndpointSlice(
                new ResourceName("default", name), "ratings", type, List.of(new EndpointSlice.Port("http", 9081)), List.of(endpoints));
    }

    private static EndpointSlice.Endpoint endpoint(String address, boolean ready, String pod) {
        return new EndpointSlice.Endpoint(address, ready, pod, "node-1");
    }

    private static ServiceView view(Cluster cluster) {
        return view(cluster, SERVICE);
    }

    private static ServiceView view(Cluster cluster, String yaml) {
        return ServiceViews.of(MeshSettings.DEFAULTS, MeshYaml.objects(yaml), Map.of(), cluster);
    }

    private static List<MeshEndpoint> endpoints(ServiceView view) {
        MeshService service = view.services().get(0);
        return view.endpoints(service.key(), 9080);
    }

    @Test
    void aPodWhoseSidecarTakesNoMtls_isCalledWithout() {
        Cluster cluster = new Cluster(
                List.of(pod("a", Map.of("security.istio.io/tlsMode", "istio"), "bookinfo-ratings")),
                List.of(slice("s", AddressType.IPV4, endpoint("10.1.0.4", true, "a"))),
                List.of());
        String policy = """
                ---
                apiVersion: security.istio.io/v1
                kind: PeerAuthentication
                metadata: {name: ratings, namespace: default}
                spec: {selector: {matchLabels: {app: ratings}}, portLevelMtls: {9081: {mode: DISABLE}}}
                """;

        assertThat(endpoints(view(cluster, SERVICE + policy)))
                .singleElement()
                .satisfies(found -> assertThat(found.tlsMode()).isEqualTo(MeshEndpoint.TlsMode.DISABLED));
        assertThat(endpoints(view(cluster, SERVICE + policy.replace("9081", "9080"))))
                .singleElement()
                .satisfies(found -> assertThat(found.tlsMode()).isEqualTo(MeshEndpoint.TlsMode.ISTIO));
    }

    @Test
    void aReadyPodIsAnEndpoint_withItsLabelsAccountPlaceAndSidecar() {
        Cluster cluster = new Cluster(
                List.of(pod("a", Map.of("version", "v1", "security.istio.io/tlsMode", "istio"), "bookinfo-ratings"), pod("b", Map.of(), "default")),
                List.of(slice("s", AddressType.IPV4, endpoint("10.1.0.4", true, "a"), endpoint("10.1.0.5", true, "b"), endpoint("10.1.0.6", false, "a"))),
                List.of(new Node("node-1", "r1/z1/")));
        assertThat(endpoints(view(cluster))).hasSize(2).anySatisfy(found -> {
            assertThat(found.address()).isEqualTo("10.1.0.4");
            assertThat(found.port()).isEqualTo(9081);
            assertThat(found.labels()).containsEntry("version", "v1");
            assertThat(found.spiffeId()).isEqualTo("spiffe://cluster.local/ns/default/sa/bookinfo-ratings");
            assertThat(found.tlsMode()).isEqualTo(MeshEndpoint.TlsMode.ISTIO);
            assertThat(found.locality()).isEqualTo("r1/z1/");
            assertThat(found.workload()).isEqualTo("ratings-v1");
            assertThat(found.inRotation()).isTrue();
        });
        assertThat(endpoints(view(cluster))).anySatisfy(found -> {
            assertThat(found.address()).isEqualTo("10.1.0.5");
            assertThat(found.tlsMode()).isEqualTo(MeshEndpoint.TlsMode.DISABLED);
        });
    }

    @Test
    void accountsAreThoseOfAllPodsItSelects_readyOrNot() {
        Cluster cluster = new Cluster(List.of(pod("a", Map.of(), "one"), pod("b", Map.of(), "two")), List.of(), List.of());
        assertThat(view(cluster).services().get(0).accounts())
                .containsExactly("spiffe://cluster.local/ns/default/sa/one", "spiffe://cluster.local/ns/default/sa/two");
        assertThat(endpoints(view(cluster))).isEmpty();
    }

    @Test
    void aDualStackPodIsOneEndpoint_andAnAddressInTwoSlicesToo() {
        Cluster cluster = new Cluster(
                List.of(pod("a", Map.of(), "one")),
                List.of(
                        slice("six", AddressType.IPV6, endpoint("fd00::4", true, "a")),
                        slice("four", AddressType.IPV4, endpoint("10.1.0.4", true, "a")),
                        slice("moved", AddressType.IPV4, endpoint("10.1.0.4", true, "a"))),
                List.of());
        assertThat(endpoints(view(cluster))).extracting(MeshEndpoint::address).containsExactly("10.1.0.4");
    }

    @Test
    void anAddressThatIsNoPod_hasNoIdentity() {
        Cluster cluster = new Cluster(List.of(), List.of(slice("s", AddressType.IPV4, endpoint("192.0.2.9", true, ""))), List.of());
        assertThat(endpoints(view(cluster))).singleElement().satisfies(found -> {
            assertThat(found.spiffeId()).isNull();
            assertThat(found.tlsMode()).isEqualTo(MeshEndpoint.TlsMode.DISABLED);
        });
    }

    @Test
    void thePodsOwnLabelWinsOverItsNode() {
        Cluster cluster = new Cluster(
                List.of(pod("a", Map.of("istio-locality", "r2.z2"), "one")),
                List.of(slice("s", AddressType.IPV4, endpoint("10.1.0.4", true, "a"))),
                List.of(new Node("node-1", "r1/z1/")));
        assertThat(endpoints(view(cluster))).singleElement().satisfies(found -> assertThat(found.locality()).isEqualTo("r2/z2"));
    }

    @Test
    void aWorkloadEntryThatTheServiceSelects_isAnEndpointBesideItsPods() {
        Cluster cluster =
                new Cluster(List.of(pod("a", Map.of(), "one")), List.of(slice("s", AddressType.IPV4, endpoint("10.1.0.4", true, "a"))), List.of());
        String entry = """
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: machine, namespace: default}
                spec: {address: 192.0.2.7, labels: {app: ratings}, serviceAccount: machine}
                """;
        ServiceView view = ServiceViews.of(MeshSettings.DEFAULTS, MeshYaml.objects(SERVICE + "---\n" + entry), Map.of(), cluster);
        assertThat(endpoints(view)).extracting(MeshEndpoint::address).containsExactlyInAnyOrder("10.1.0.4", "192.0.2.7");
        assertThat(view.services().get(0).accounts())
                .containsExactly("spiffe://cluster.local/ns/default/sa/machine", "spiffe://cluster.local/ns/default/sa/one");
    }

    @Test
    void aSliceThatComesBeforeItsPodWaitsForIt() {
        Cluster cluster = new Cluster(List.of(), List.of(slice("s", AddressType.IPV4, endpoint("10.1.0.4", true, "a"))), List.of());
        assertThat(endpoints(view(cluster))).as("what is not known is not called in plaintext").isEmpty();
    }
}
