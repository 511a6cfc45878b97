package io.weft.gateway.role;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import io.envoyproxy.envoy.config.core.v3.Node;
import org.junit.jupiter.api.Test;

class GatewayNodeTest {

    @Test
    void ingressSaysWhoItIsAndWhichPortsItHas_butDoesNotRegister() {
        Node node = GatewayNode.of(GatewaySettingsTest.bind(), 8080, 8443);
        assertThat(node.getId())
                .isEqualTo("router~127.0.0.1~istio-ingressgateway.istio-system~istio-system.svc.cluster.local");
        assertThat(node.getCluster()).isEqualTo("istio-ingressgateway.istio-system");
        Struct metadata = node.getMetadata();
        assertThat(text(metadata, "NAMESPACE")).isEqualTo("istio-system");
        assertThat(text(metadata, "SERVICE_ACCOUNT")).isEqualTo("istio-ingressgateway-service-account");
        assertThat(text(struct(metadata, "LABELS"), "istio")).isEqualTo("ingressgateway");
        assertThat(text(struct(metadata, "LABELS"), "app")).isEqualTo("istio-ingressgateway");
        Struct ports = struct(metadata, "WEFT_GATEWAY_PORTS");
        assertThat(number(ports, "80")).isEqualTo(8080);
        assertThat(number(ports, "443")).isEqualTo(8443);
        assertThat(metadata.containsFields("AUTO_REGISTER_GROUP")).isFalse();
        assertThat(metadata.containsFields("WEFT_INBOUND_PORTS")).isFalse();
    }

    @Test
    void egressRegistersTheBoundPortsUnderItsContainerPorts() {
        Struct metadata =
                GatewayNode.of(GatewaySettingsTest.bind("weft.role=egress"), 40001, 40002).getMetadata();
        assertThat(text(metadata, "AUTO_REGISTER_GROUP")).isEqualTo("istio-egressgateway");
        Struct inbound = struct(metadata, "WEFT_INBOUND_PORTS");
        assertThat(number(struct(inbound, "8080"), "inbound")).isEqualTo(40001);
        assertThat(number(struct(inbound, "8443"), "inbound")).isEqualTo(40002);
        assertThat(number(struct(metadata, "WEFT_GATEWAY_PORTS"), "443")).isEqualTo(40002);
    }

    private static String text(Struct struct, String key) {
        return struct.getFieldsOrThrow(key).getStringValue();
    }

    private static int number(Struct struct, String key) {
        return (int) struct.getFieldsOrThrow(key).getNumberValue();
    }

    private static Struct struct(Struct struct, String key) {
        return struct.getFieldsOrThrow(key).getStructValue();
    }
}
