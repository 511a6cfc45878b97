package io.weft.gateway.springroute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.weft.sidecar.resource.ResourceException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.cloud.gateway.filter.factory.JsonToGrpcGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.rewrite.ModifyRequestBodyGatewayFilterFactory;
import org.springframework.cloud.gateway.filter.factory.rewrite.ModifyResponseBodyGatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.HeaderRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.ReadBodyRoutePredicateFactory;
import org.springframework.cloud.gateway.handler.predicate.VersionRoutePredicateFactory;

/** What the control plane is told of the factories. */
class RouteFactoriesTest {

    private final Struct metadata = Springs.factories().metadata();

    private Struct of(String kind, String name) {
        return metadata.getFieldsOrThrow(kind).getStructValue().getFieldsOrThrow(name).getStructValue();
    }

    private static List<String> strings(Struct factory, String field) {
        return factory.getFieldsOrThrow(field).getListValue().getValuesList().stream().map(Value::getStringValue).toList();
    }

    @Test
    void argumentsInTheOrderOfTheShortForm_andItsShape() {
        assertThat(strings(of("predicates", "Path"), "args")).containsExactly("patterns", "matchTrailingSlash");
        assertThat(of("predicates", "Path").getFieldsOrThrow("shortcut").getStringValue()).isEqualTo("GATHER_LIST_TAIL_FLAG");
        assertThat(of("filters", "StripPrefix").getFieldsOrThrow("shortcut").getStringValue()).isEqualTo("DEFAULT");
        assertThat(strings(of("filters", "AddRequestHeader"), "args")).containsExactly("name", "value");
    }

    @Test
    void namesThatTheFullFormMaySet() {
        assertThat(strings(of("filters", "Retry"), "names"))
                .contains("retries", "statuses", "methods", "series", "exceptions", "backoff", "jitter")
                .doesNotContain("class");
        assertThat(strings(of("filters", "StripPrefix"), "names")).contains("parts");
    }

    @Test
    void aRateLimitersArgumentsAreItsOwnAffair() {
        assertThat(of("filters", "RequestRateLimiter").containsFields("names")).isFalse();
    }

    @Test
    void whatTakesJavaCode_orGoesPastTheMesh_isNotOffered() {
        RouteFactories factories = new RouteFactories(
                List.of(new ReadBodyRoutePredicateFactory(), new HeaderRoutePredicateFactory()),
                List.of(
                        new ModifyRequestBodyGatewayFilterFactory(),
                        new ModifyResponseBodyGatewayFilterFactory(List.of(), Set.of(), Set.of()),
                        new JsonToGrpcGatewayFilterFactory(null, null),
                        new Own()),
                new LeftOut(true));
        assertThat(factories.predicates()).containsOnlyKeys("Header");
        assertThat(factories.filters()).as("a team's own that extends one of them").containsOnlyKeys("Own");
        assertThat(factories.metadata().getFieldsOrThrow("filters").getStructValue().getFieldsMap()).containsOnlyKeys("Own");
        assertThat(factories.leftOut()).containsOnlyKeys("ReadBody", "ModifyRequestBody", "ModifyResponseBody", "JsonToGrpc");
    }

    @Test
    void versionsAreComparedOnlyWhereItIsKnownWhereTheyStand() {
        VersionRoutePredicateFactory version = new VersionRoutePredicateFactory(null);
        assertThat(new RouteFactories(List.of(version), List.of(), new LeftOut(true)).predicates()).containsOnlyKeys("Version");
        assertThat(new RouteFactories(List.of(version), List.of(), new LeftOut(false)).leftOut()).containsOnlyKeys("Version");
    }

    @Test
    void theReasonIsGivenToWhoUsesOneAllTheSame() {
        SpringRouteResource route = Springs.parse(Springs.route("r", 0, 1, "ReadBody=java.lang.String"));
        RouteCompiler compiler = Springs.compiler(new RouteFactories(List.of(new ReadBodyRoutePredicateFactory()), List.of(), new LeftOut(true)));
        assertThatThrownBy(() -> compiler.compile(route))
                .isInstanceOf(ResourceException.class)
                .hasMessage("predicates[0]: ReadBody takes a Java function, which a SpringRoute cannot carry: use a bean of your own");
    }

    private static final class Own extends ModifyRequestBodyGatewayFilterFactory {
        @Override
        public String name() {
            return "Own";
        }
    }
}
