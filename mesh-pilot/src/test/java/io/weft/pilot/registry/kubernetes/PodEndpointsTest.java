package io.weft.pilot.registry.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.pilot.model.ConfigObject;
import io.weft.pilot.model.MeshSettings;
import io.weft.pilot.model.cluster.Cluster;
import io.weft.pilot.model.cluster.EndpointSlice;
import io.weft.pilot.model.cluster.Pod;
import io.weft.pilot.model.cluster.ResourceName;
import io.weft.pilot.model.parse.ObjectParser;
import io.weft.pilot.model.parse.UnreadableException;
import io.weft.pilot.model.parse.YamlReader;
import io.weft.pilot.registry.MeshEndpoint;
import io.weft.pilot.registry.ServiceView;
import io.weft.pilot.registry.entry.ServiceViews;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PodEndpointsTest {

    private static final String SERVICE =
            """
            apiVersion: v1
            kind: Service
            metadata: {name: reviews, namespace: default}
            spec:
              selector: {app: reviews}
              ports: [{name: http, port: 9080, targetPort: 9081}]
            """;

    private static final Pod POD = new Pod(
            new ResourceName("default", "reviews-v1-abc"),
            Map.of("app", "reviews", "version", "v1", "security.istio.io/tlsMode", "istio"),
            "bookinfo-reviews",
            "node-1",
            "reviews-v1");

    @Test
    void anEndpointIsItsPod() throws UnreadableException {
        assertThat(endpoints(List.of(POD), "reviews-v1-abc")).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.address()).isEqualTo("10.0.0.7");
            assertThat(endpoint.labels()).containsEntry("version", "v1");
            assertThat(endpoint.tlsMode()).isEqualTo(MeshEndpoint.TlsMode.ISTIO);
            assertThat(endpoint.spiffeId()).isEqualTo("spiffe://cluster.local/ns/default/sa/bookinfo-reviews");
        });
    }

    @Test
    void aSliceThatComesBeforeItsPodWaitsForIt() throws UnreadableException {
        assertThat(endpoints(List.of(), "reviews-v1-abc")).as("what is not known is not called in plaintext").isEmpty();
    }

    @Test
    void whatIsNoPodIsCalledAsItIs() throws UnreadableException {
        assertThat(endpoints(List.of(), ""))
                .singleElement()
                .satisfies(endpoint -> assertThat(endpoint.tlsMode()).isEqualTo(MeshEndpoint.TlsMode.DISABLED));
    }

    private static List<MeshEndpoint> endpoints(List<Pod> pods, String pod) throws UnreadableException {
        ConfigObject service = Objects.requireNonNull(
                ObjectParser.parse(Objects.requireNonNull(YamlReader.read(SERVICE))).object());
        EndpointSlice slice = new EndpointSlice(
                new ResourceName("default", "reviews-1"),
                "reviews",
                EndpointSlice.AddressType.IPV4,
                List.of(new EndpointSlice.Port("http", 9081)),
                List.of(new EndpointSlice.Endpoint("10.0.0.7", true, pod, "node-1")));
        ServiceView view = ServiceViews.of(
                MeshSettings.DEFAULTS, List.of(service), Map.of(), new Cluster(pods, List.of(slice), List.of()));
        return view.endpoints(view.services().iterator().next().key(), 9080);
    }
}
