package io.weft.pilot.generate;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.udpa.udpa.type.v1.TypedStruct;
import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.weft.pilot.MeshYaml;
import io.weft.pilot.state.MeshState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who may say on a connection of bytes who he is: proxies that can, to ports of bytes, over mutual TLS; an Envoy never hears of it. */
class MetadataExchangeTest {

    private static final String BYTES = MeshYaml.file("bookinfo.yaml").replace("name: http\n", "name: tcp\n").replace("http: 9080", "tcp: 9080");
    private static final String REVIEWS = "outbound|9080||reviews.default.svc.cluster.local";
    private static final String INBOUND = "inbound_127.0.0.1_21001";
    private static final String FILTER = "istio.metadata_exchange";

    private static final Proxy ENVOY = Proxies.sidecar("reviews", "v1", 9080, 21001, 21101);
    private static final Proxy OURS = Proxies.exchanging(ENVOY);

    private static List<String> filters(FilterChain chain) {
        return chain.getFiltersList().stream().map(Filter::getName).toList();
    }

    private static List<String> serves(FilterChain chain) {
        return Generated.unpack(chain.getTransportSocket().getTypedConfig(), DownstreamTlsContext.class)
                .getCommonTlsContext()
                .getAlpnProtocolsList();
    }

    private static List<String> offers(TransportSocket socket) {
        return Generated.unpack(socket.getTypedConfig(), UpstreamTlsContext.class).getCommonTlsContext().getAlpnProtocolsList();
    }

    private static void isTheReferences(Any config) {
        TypedStruct typed = Generated.unpack(config, TypedStruct.class);
        assertThat(typed.getTypeUrl()).isEqualTo("type.googleapis.com/envoy.tcp.metadataexchange.config.MetadataExchange");
        assertThat(typed.getValue().getFieldsOrThrow("protocol").getStringValue()).isEqualTo("istio-peer-exchange");
    }

    @Test
    void aPortOfBytes_agreesOnIt_andListensFirst() {
        List<FilterChain> chains = Generated.of(MeshYaml.state(BYTES), OURS).listener(INBOUND).getFilterChainsList();
        FilterChain mtls = chains.get(0);

        assertThat(filters(mtls)).containsExactly(FILTER, "envoy.filters.network.tcp_proxy");
        assertThat(mtls.getFilterChainMatch().getApplicationProtocolsList()).contains("istio-peer-exchange", "istio");
        assertThat(serves(mtls)).containsExactly("istio-peer-exchange", "istio");
        isTheReferences(mtls.getFilters(0).getTypedConfig());
        assertThat(chains.subList(1, 3)).as("nothing is proven there").allSatisfy(chain -> assertThat(filters(chain)).doesNotContain(FILTER));
    }

    @Test
    void aClientOfOne_offersIt_alsoUnderARule() {
        MeshState plain = MeshYaml.state(BYTES);
        Cluster cluster = Generated.of(plain, OURS).cluster(REVIEWS);
        assertThat(cluster.getFiltersList()).singleElement().satisfies(filter -> isTheReferences(filter.getTypedConfig()));
        assertThat(offers(cluster.getTransportSocketMatches(0).getTransportSocket())).containsExactly("istio-peer-exchange", "istio");

        for (String mode : List.of("ISTIO_MUTUAL", "SIMPLE", "DISABLE")) {
            MeshState ruled = MeshYaml.state(BYTES, "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: r, namespace: default}\n"
                    + "spec: {host: reviews, trafficPolicy: {tls: {mode: " + mode + "}}}\n");
            Cluster under = Generated.of(ruled, OURS).cluster(REVIEWS);
            assertThat(under.getFiltersCount()).as(mode).isEqualTo(mode.equals("ISTIO_MUTUAL") ? 1 : 0);
        }
    }

    @Test
    void requestsSayItInHeaders() {
        Generated generated = Generated.of(MeshYaml.state(MeshYaml.file("bookinfo.yaml")), OURS);

        assertThat(generated.cluster(REVIEWS).getFiltersCount()).isZero();
        assertThat(offers(generated.cluster(REVIEWS).getTransportSocketMatches(0).getTransportSocket())).containsExactly("istio", "istio-http/1.1");
        FilterChain mtls = generated.listener(INBOUND).getFilterChains(0);
        assertThat(filters(mtls)).doesNotContain(FILTER);
        assertThat(serves(mtls)).doesNotContain("istio-peer-exchange");
    }

    @Test
    void anEnvoyThatDoesNotSayItHasIt_neverHearsOfIt() {
        MeshState state = MeshYaml.state(BYTES, MeshYaml.file("breadth.yaml"));
        // the other way round in the same generator, too: what is shared is not shared with it
        Generator generator = new Generator(state);
        generator.generate(OURS);
        for (Proxy proxy : List.of(ENVOY, Proxies.client("default", Map.of()), Proxies.ingress(), Proxies.egress())) {
            generator.generate(Proxies.exchanging(proxy));
            Snapshot snapshot = generator.generate(proxy);
            for (ResourceType type : ResourceType.values()) {
                assertThat(snapshot.of(type).values())
                        .allSatisfy(resource -> assertThat(resource.any().getValue().toStringUtf8()).doesNotContain("metadata_exchange"));
            }
        }
        FilterChain mtls = Generated.of(state, ENVOY).listener(INBOUND).getFilterChains(0);
        assertThat(serves(mtls)).containsExactly("istio");
        assertThat(offers(Generated.of(state, ENVOY).cluster(REVIEWS).getTransportSocketMatches(0).getTransportSocket()))
                .containsExactly("istio", "istio-http/1.1");
    }

    @Test
    void aGateway_listensWhereItEndsTheMeshsTls() {
        String gateway = """
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: bytes, namespace: default}
                spec:
                  selector: {istio: egressgateway}
                  servers:
                  - port: {number: 443, name: tls, protocol: TLS}
                    hosts: ["*"]
                    tls: {mode: ISTIO_MUTUAL}
                  - port: {number: 9443, name: tls2, protocol: TLS}
                    hosts: ["*"]
                    tls: {mode: SIMPLE, credentialName: bytes}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: bytes, namespace: default}
                spec:
                  hosts: ["*"]
                  gateways: [bytes]
                  tcp:
                  - route: [{destination: {host: reviews, port: {number: 9080}}}]
                """;
        MeshState state = MeshYaml.state(BYTES, gateway);
        Generated ours = Generated.of(state, Proxies.exchanging(Proxies.egress()));
        FilterChain mutual = ours.listener("127.0.0.1_8443").getFilterChains(0);
        assertThat(filters(mutual)).first().isEqualTo(FILTER);
        assertThat(serves(mutual)).containsExactly("istio-peer-exchange", "istio");
        assertThat(filters(ours.listener("127.0.0.1_9443").getFilterChains(0))).doesNotContain(FILTER);
        FilterChain envoys = Generated.of(state, Proxies.egress()).listener("127.0.0.1_8443").getFilterChains(0);
        assertThat(filters(envoys)).doesNotContain(FILTER);
        assertThat(serves(envoys)).containsExactly("istio");
    }
}
