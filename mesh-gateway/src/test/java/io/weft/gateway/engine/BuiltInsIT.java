package io.weft.gateway.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Struct;
import io.weft.gateway.springroute.RouteFactories;
import io.weft.gateway.springroute.SpringRoutes;
import io.weft.sidecar.listener.Engine;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.cloud.gateway.filter.factory.GatewayFilterFactory;
import org.springframework.cloud.gateway.handler.predicate.RoutePredicateFactory;
import org.springframework.context.ConfigurableApplicationContext;

/** Every predicate and filter that a gateway offers, at work on a distributed route. A new version of Spring's cannot bring one that is not tried here. */
@Timeout(60)
class BuiltInsIT {

    /** Not offered to routes; docs/spring-routes.md says why. */
    private static final Set<String> LEFT_OUT = Set.of("ReadBody", "ModifyRequestBody", "ModifyResponseBody", "JsonToGrpc");

    @TempDir
    static Path home;

    static MirrorBackend backend;
    static ConfigurableApplicationContext gateway;
    static Engine engine;
    static RouteBench bench;

    @BeforeAll
    static void start() {
        backend = new MirrorBackend();
        gateway = Gateways.start(home, FilterProbes.class, "--spring.webflux.apiversion.use.header=X-API-Version", "--spring.webflux.apiversion.required=false",
                "--spring.webflux.apiversion.supported=1.2,2.0");
        GatewayProcess process = gateway.getBean(GatewayProcess.class);
        engine = process.engine();
        int http = process.ports().get("http-port");
        MeshResources.apply(engine, http, process.ports().get("https-port"), backend.port(), null);
        bench = new RouteBench(backend, http, gateway.getBean(SpringRoutes.class));
    }

    @AfterAll
    static void stop() {
        // first, as long as the event loops are there that it shares with the gateway
        backend.close();
        gateway.close();
    }

    static Stream<BuiltIn> predicates() {
        return BuiltInPredicates.ALL.stream();
    }

    static Stream<BuiltIn> filters() {
        return Stream.concat(BuiltInRequestFilters.ALL.stream(), BuiltInAnswerFilters.ALL.stream());
    }

    @ParameterizedTest
    @MethodSource("predicates")
    void predicate(BuiltIn predicate) {
        prove(predicate);
    }

    @ParameterizedTest
    @MethodSource("filters")
    void filter(BuiltIn filter) {
        prove(filter);
    }

    private static void prove(BuiltIn builtIn) {
        assertThatCode(() -> bench.prove(builtIn)).as(builtIn.name()).doesNotThrowAnyException();
        await().untilAsserted(() -> assertThat(engine.active()).isZero());
    }

    @Test
    void nothingIsOfferedThatIsNotTriedHere() {
        Struct offered = gateway.getBean(RouteFactories.class).metadata();
        assertThat(predicates().map(BuiltIn::name)).containsExactlyInAnyOrderElementsOf(names(offered, "predicates"));
        assertThat(filters().map(BuiltIn::name)).containsExactlyInAnyOrderElementsOf(names(offered, "filters"));
    }

    @Test
    void nothingElseIsLeftOut() {
        Struct offered = gateway.getBean(RouteFactories.class).metadata();
        Stream<String> predicates = gateway.getBeansOfType(RoutePredicateFactory.class).values().stream().map(RoutePredicateFactory::name);
        Stream<String> filters = gateway.getBeansOfType(GatewayFilterFactory.class).values().stream().map(GatewayFilterFactory::name);
        List<String> there = Stream.concat(predicates, filters).toList();
        Stream<String> given = Stream.of("predicates", "filters").flatMap(kind -> names(offered, kind).stream());
        assertThat(there).containsExactlyInAnyOrderElementsOf(Stream.concat(given, LEFT_OUT.stream()).toList());
    }

    private static Set<String> names(Struct offered, String kind) {
        return offered.getFieldsOrThrow(kind).getStructValue().getFieldsMap().keySet();
    }
}
