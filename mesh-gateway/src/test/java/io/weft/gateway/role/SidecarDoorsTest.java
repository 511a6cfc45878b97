package io.weft.gateway.role;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SidecarDoorsTest {

    private final Doors doors = Doors.of(GatewaySettingsTest.sidecar(
            "weft.workload-group=reviews-v1",
            "weft.app.ports=9080:38123",
            "weft.inbound-ports=9080:15006",
            "weft.proxy-port=0",
            "weft.labels=app=reviews,version=v1"));

    @Test
    void bindsTheInboundPortsAndTheProxy_underTheLeanSidecarsNames() {
        assertThat(doors.wanted())
                .containsExactly(
                        Map.entry("inbound.9080", new Doors.Wanted(15006, "weft.inbound-ports")),
                        Map.entry("proxy", new Doors.Wanted(0, "weft.proxy-port")));
    }

    @Test
    void introducesItselfAsTheWorkloadsSidecar() {
        Node node = doors.node(Map.of("inbound.9080", 15006, "proxy", 41000));
        assertThat(node.getId()).isEqualTo("sidecar~127.0.0.1~reviews-v1.default~default.svc.cluster.local");
        assertThat(node.getCluster()).isEqualTo("reviews.default");
        assertThat(node.getUserAgentName()).isEqualTo("weft-gateway");
        Struct metadata = node.getMetadata();
        assertThat(metadata.getFieldsOrThrow("AUTO_REGISTER_GROUP").getStringValue()).isEqualTo("reviews-v1");
        assertThat(metadata.getFieldsOrThrow("SERVICE_ACCOUNT").getStringValue()).isEqualTo("bookinfo-reviews");
        assertThat(metadata.getFieldsOrThrow("WEFT_PROXY_PORT").getNumberValue()).isEqualTo(41000);
        Struct labels = metadata.getFieldsOrThrow("LABELS").getStructValue();
        assertThat(labels.getFieldsOrThrow("version").getStringValue()).isEqualTo("v1");
        Struct port = metadata.getFieldsOrThrow("WEFT_INBOUND_PORTS")
                .getStructValue()
                .getFieldsOrThrow("9080")
                .getStructValue();
        assertThat(port.getFieldsOrThrow("inbound").getNumberValue()).isEqualTo(15006);
        assertThat(port.getFieldsOrThrow("app").getNumberValue()).isEqualTo(38123);
        assertThat(metadata.containsFields("WEFT_GATEWAY_PORTS")).isFalse();
    }

    @Test
    void withoutAProxyPortThereIsNone() {
        Doors inboundOnly = Doors.of(GatewaySettingsTest.sidecar("weft.app.ports=9080:1"));
        assertThat(inboundOnly.wanted()).containsOnlyKeys("inbound.9080");
        assertThat(inboundOnly.node(Map.of("inbound.9080", 2)).getMetadata().containsFields("WEFT_PROXY_PORT")).isFalse();
    }
}
