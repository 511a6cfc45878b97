package io.weft.gateway.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Values;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.weft.gateway.role.NodeExtras;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.mock.env.MockEnvironment;

class SurroundingsTest {

    private final MockEnvironment environment = new MockEnvironment();

    private Struct metadata(String id, NodeExtras... extras) {
        Node node = Node.newBuilder()
                .setId(id)
                .setMetadata(Struct.newBuilder().putFields("NAME", Values.of("a")))
                .build();
        return new Surroundings(environment, "/actuator/prometheus", List.of(extras)).introduce(node).getMetadata();
    }

    @Test
    void metricsAreAtActuatorsPortOfTheNodesOwnAddress() {
        environment.setProperty("local.server.port", "15021");
        assertThat(metadata("router~10.1.2.3~a.b~b.svc").getFieldsOrThrow("WEFT_METRICS").getStringValue())
                .isEqualTo("10.1.2.3:15021/actuator/prometheus");
        assertThat(metadata("router~::1~a.b~b.svc").getFieldsOrThrow("WEFT_METRICS").getStringValue())
                .isEqualTo("[::1]:15021/actuator/prometheus");
    }

    @Test
    void aManagementPortOfItsOwnWins() {
        environment.setProperty("local.server.port", "1");
        environment.setProperty("local.management.port", "2");
        assertThat(metadata("router~127.0.0.1~a.b~b.svc").getFieldsOrThrow("WEFT_METRICS").getStringValue())
                .isEqualTo("127.0.0.1:2/actuator/prometheus");
    }

    @Test
    void beansAddToWhatTheRoleSays() {
        Struct metadata = metadata("router~127.0.0.1~a.b~b.svc", () -> Map.of("WEFT_SPRING", Values.of("x")));
        assertThat(metadata.getFieldsMap()).containsOnlyKeys("NAME", "WEFT_SPRING");
    }

    @Test
    void whatBeansAddToAListStandsBesideWhatTheRoleSays() {
        Value role = Values.of(List.of(Values.of("tcp-metadata-exchange")));
        Value bean = Values.of(List.of(Values.of("spring-routes")));
        Struct metadata = metadata("router~127.0.0.1~a.b~b.svc", () -> Map.of("WEFT_EXTENSIONS", role), () -> Map.of("WEFT_EXTENSIONS", bean));
        assertThat(metadata.getFieldsOrThrow("WEFT_EXTENSIONS").getListValue().getValuesList())
                .extracting(Value::getStringValue)
                .containsExactly("tcp-metadata-exchange", "spring-routes");
    }

    @Test
    void boundPortsAreProperties() {
        new Surroundings(environment, "", List.of()).publish(Map.of("proxy", 41000, "inbound.9080", 41001));
        assertThat(environment.getProperty("local.weft.proxy")).isEqualTo("41000");
        assertThat(environment.getProperty("local.weft.inbound.9080")).isEqualTo("41001");
    }
}
