package io.weft.gateway.springroute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.Values;
import io.weft.api.gateway.v1alpha1.Factory;
import io.weft.api.gateway.v1alpha1.SpringRoute;
import io.weft.sidecar.resource.ResourceException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpringRouteParserTest {

    private static SpringRoute.Builder good() {
        return Springs.route("r", 0, 7, "Path=/a");
    }

    @Test
    void everythingIsRead() {
        SpringRouteResource route = Springs.parse(good().setOrder(-3)
                .setUri("lb://reviews:9080/v2")
                .setCluster("outbound|9080|v2|reviews.default.svc.cluster.local")
                .setMetadata(Struct.newBuilder()
                        .putFields("response-timeout", Values.of(200))
                        .putFields("cors", Values.of(Struct.newBuilder().putFields("on", Values.of(true)).build()))));
        assertThat(route.id()).isEqualTo("r");
        assertThat(route.order()).isEqualTo(-3);
        assertThat(route.created()).hasToString("1970-01-01T00:00:07Z");
        assertThat(route.metadata()).containsEntry("response-timeout", 200).containsEntry("cors", Map.of("on", true));
    }

    @Test
    void withoutIdItIsTheName() {
        assertThat(Springs.parse(good().clearId()).id()).isEqualTo("default/r");
    }

    @Test
    void argumentsWithoutNamesAreInTheirOrder() {
        Factory.Builder many = Factory.newBuilder().setName("Path");
        for (int i = 0; i < 20; i++) {
            many.putArgs("_genkey_" + i, "/" + i);
        }
        assertThat(Springs.parse(good().addPredicates(many)).predicates().get(1).args().values())
                .startsWith("/0", "/1", "/2", "/3")
                .endsWith("/18", "/19");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://a", "https://a:1/x", "forward:/x", "forward:///x", "ws://a", "wss://a", "mesh:///"})
    void urisThatAreTaken(String uri) {
        assertThat(Springs.parse(good().setUri(uri)).uri()).hasToString(uri);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "file:///etc/passwd; expected: http, https",
                "no://op; expected: http, https",
                "reviews; expected: http, https",
                "http:///x; expected: http://host",
                "http://a b; expected: a URI",
                "forward:x; expected: forward:/path",
                "lb:file://x; expected behind lb:",
                "lb://a; cluster"
            })
    void urisThatAreRefused(String uri, String reason) {
        assertThatThrownBy(() -> Springs.parse(good().setUri(uri))).isInstanceOf(ResourceException.class).hasMessageContaining(reason);
    }

    @Test
    void aClusterIsForBalancedUrisOnly() {
        assertThatThrownBy(() -> Springs.parse(good().setCluster("outbound|1||a"))).hasMessageContaining("none with every other scheme");
        assertThat(Springs.parse(good().setUri("lb:ws://a").setCluster("c")).cluster()).isEqualTo("c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"#{1}", " #{1} ", "a #{1} b", "#{@bean}"})
    void spelIsRefused(String value) {
        assertThatThrownBy(() -> Springs.parse(good().addFilters(Factory.newBuilder().setName("A").putArgs("v", value))))
                .hasMessageContaining("filters[0] A.v: #{…} (expected: no SpEL");
        assertThatThrownBy(() -> Springs.parse(good().addFilters(Factory.newBuilder().setName("A").putArgs(value, "v"))))
                .hasMessageContaining("SpEL");
    }

    @Test
    void whatIsTooMuchIsRefused() {
        SpringRoute.Builder steps = good();
        for (int i = 0; i < 65; i++) {
            steps.addFilters(Factory.newBuilder().setName("A"));
        }
        assertThatThrownBy(() -> Springs.parse(steps)).hasMessage("filters: 65 (expected: <= 64)");
        assertThatThrownBy(() -> Springs.parse(good().addFilters(Factory.newBuilder().setName("A").putArgs("v", "x".repeat(8193)))))
                .hasMessageContaining("too long");
        assertThatThrownBy(() -> Springs.parse(good().setId("a\nb"))).hasMessageContaining("printable");
        Value deep = Values.of(1);
        for (int i = 0; i < 20; i++) {
            deep = Values.of(Struct.newBuilder().putFields("d", deep).build());
        }
        Struct metadata = Struct.newBuilder().putFields("d", deep).build();
        assertThatThrownBy(() -> Springs.parse(good().setMetadata(metadata))).hasMessageContaining("deeper than 16");
    }

    @Test
    void timesAreMilliseconds() {
        assertThatThrownBy(() -> Springs.parse(good().setMetadata(Struct.newBuilder().putFields("response-timeout", Values.of("soon")))))
                .hasMessage("metadata.response-timeout: soon (expected: milliseconds)");
        assertThat(Springs.parse(good().setMetadata(Struct.newBuilder().putFields("connect-timeout", Values.of("200")))).metadata())
                .containsEntry("connect-timeout", "200");
    }

    @Test
    void whatIsNoSpringRouteIsRefused() {
        Any noise = Any.newBuilder()
                .setTypeUrl("type.googleapis.com/weft.gateway.v1alpha1.SpringRoute")
                .setValue(ByteString.copyFromUtf8("\377\377\377"))
                .build();
        assertThatThrownBy(() -> SpringRouteParser.parse("default/r", noise)).isInstanceOf(ResourceException.class);
        assertThatThrownBy(() -> SpringRouteParser.parse("default/other", Springs.any(good()))).hasMessageContaining("the name it was sent under");
    }
}
