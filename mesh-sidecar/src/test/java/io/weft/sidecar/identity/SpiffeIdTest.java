package io.weft.sidecar.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpiffeIdTest {

    @Test
    void parsesAndPrints() {
        SpiffeId id = SpiffeId.parse("spiffe://cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account");
        assertThat(id).isEqualTo(new SpiffeId("cluster.local", "istio-system", "istio-ingressgateway-service-account"));
        assertThat(id.uri()).isEqualTo("spiffe://cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account");
        assertThat(id.principal()).isEqualTo("cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "spiffe://", "spiffe://cluster.local", "http://cluster.local/ns/a/sa/b", "spiffe://cluster.local/ns/a/sa/b/", "spiffe://cluster.local/ns/a/sa/",
        "spiffe://cluster.local/ns/a/sa/..", "spiffe://Cluster.local/ns/a/sa/b", "SPIFFE://cluster.local/ns/a/sa/b", "spiffe://cluster.local:80/ns/a/sa/b",
        "spiffe://u@cluster.local/ns/a/sa/b", "spiffe://cluster.local/ns/a%2f/sa/b", "spiffe://cluster.local/ns/a.b/sa/c", "spiffe://cluster.local/ns/a/sa/b#x",
        "spiffe://cluster.local//ns/a/sa/b", "spiffe://cluster.local/sa/a/ns/b", "spiffe://-a/ns/a/sa/b", "spiffe://a..b/ns/a/sa/b", "spiffe://a/ns/a/sa/b\n"
    })
    void anotherFormIsRefused(String uri) {
        assertThatThrownBy(() -> SpiffeId.parse(uri)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("expected");
    }
}
