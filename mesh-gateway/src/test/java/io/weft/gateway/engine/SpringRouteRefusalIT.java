package io.weft.gateway.engine;

import static io.weft.gateway.engine.RawHttp.post;
import static io.weft.gateway.engine.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.sidecar.xds.ConfigTarget;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Distributed routes that are refused, and what none of them may do. */
@Timeout(60)
class SpringRouteRefusalIT {

    @RegisterExtension
    static final SpringRouteGateway gateway = new SpringRouteGateway();

    @Test
    void badRoutesAreRefusedByName_andTheOthersAreInForce() throws IOException {
        gateway.apply(route("kept").toBackend().when("Path=/kept").with("AddRequestHeader=X-Test,first"));
        List<ConfigTarget.Refused> refused = Routes.tryApply(
                gateway.routes(),
                route("good").toBackend().when("Path=/good"),
                route("unknown").toBackend().when("Path=/u").with("AddRequestHeadr=a,b"),
                route("arguments").toBackend().when("Path=/a").with("StripPrefix=many"),
                route("retries").toBackend().when("Path=/r").withFull("Retry", "retries", "-1"),
                route("spel").toBackend().when("Path=/s").with("AddRequestHeader=X-Test,#{T(java.lang.System).exit(1)}"),
                route("spelInside").toBackend().when("Path=/s").withFull("AddRequestHeader", "name", "a", "value", "x #{1+1}"),
                route("scheme").to("file:///etc/passwd").when("Path=/f"),
                route("nocluster").to("lb://backend:80").when("Path=/n"),
                route("kept").toBackend().when("Path=/kept").with("Nonsense=1"));
        assertThat(refused).extracting(ConfigTarget.Refused::name)
                .containsExactlyInAnyOrder(
                        "default/unknown", "default/arguments", "default/retries", "default/spel", "default/spelInside", "default/scheme", "default/nocluster", "default/kept");
        assertThat(reason(refused, "unknown")).startsWith("filters[0]: AddRequestHeadr (expected: one of").contains("AddRequestHeader");
        assertThat(reason(refused, "arguments")).startsWith("filters[0] StripPrefix: ").contains("many");
        assertThat(reason(refused, "retries")).contains("retries must be greater than 0");
        assertThat(reason(refused, "spel")).contains("#{…} (expected: no SpEL");
        assertThat(reason(refused, "scheme")).contains("expected: http, https, lb");
        assertThat(gateway.fetch("/good").status()).isEqualTo(200);
        assertThat(gateway.fetch("/kept").body()).as("the last good one stays").contains("x=first");
    }

    @Test
    void whatRoutesCannotUseIsRefused_withTheReason() {
        List<ConfigTarget.Refused> refused = Routes.tryApply(
                gateway.routes(),
                route("code").toBackend().when("Path=/c").with("ModifyResponseBody"),
                route("grpc").toBackend().when("Path=/g").with("JsonToGrpc=file:a,file:b,Hello,say"),
                route("version").toBackend().when("Version=1"));
        assertThat(reason(refused, "code")).startsWith("filters[0]: ModifyResponseBody takes a Java function");
        assertThat(reason(refused, "grpc")).startsWith("filters[0]: JsonToGrpc opens a connection of its own");
        assertThat(reason(refused, "version")).startsWith("predicates[0]: Version needs to know where a version stands");
        assertThat(gateway.routes().size()).isZero();
    }

    private static String reason(List<ConfigTarget.Refused> refused, String name) {
        return refused.stream().filter(r -> r.name().equals("default/" + name)).findFirst().orElseThrow().reason();
    }

    @Test
    void noRouteLeadsToActuator() throws IOException {
        gateway.apply(
                route("forward").to("forward:/actuator/info").when("Path=/a"),
                route("written").to("forward:/%61ctuator;x/health").when("Path=/b"),
                route("fallback")
                        .to("lb://nobody:80", "no.such.cluster")
                        .when("Path=/c")
                        .withFull("CircuitBreaker", "name", "actuator", "fallbackUri", "forward:/actuator/health"));
        for (String path : List.of("/a", "/b", "/c")) {
            assertThat(gateway.fetch(path).status()).as(path).isEqualTo(404);
        }
    }

    @Test
    void aBodyThatIsNotAsLongAsItsHeadSays_isNotSentOn() throws IOException {
        gateway.apply(
                route("longer").toBackend().when("Path=/longer").with("SetRequestHeader=Content-Length,2"),
                route("shorter").toBackend().when("Path=/shorter").with("SetRequestHeader=Content-Length,9"),
                route("twice").toBackend().when("Path=/twice").with("AddRequestHeader=Content-Length,7"),
                route("onwards").to("mesh:///").when("Path=/onwards").with("SetPath=/mesh/a", "SetRequestHeader=Content-Length,2"));
        for (String path : List.of("/longer", "/shorter", "/twice", "/onwards")) {
            assertThat(gateway.ask(post(path, "hello")).status()).as(path).isEqualTo(500);
        }
        gateway.apply(route("fine").toBackend().when("Path=/fine"));
        assertThat(gateway.ask(post("/fine", "hello")).body()).as("no endpoint's connection is spoilt").contains("body=5:hello");
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void aHeaderMadeOfAPath_cannotSplitARequest_norFillTheLog(CapturedOutput log) throws IOException {
        gateway.apply(route("split").toBackend().when("Path=/split/{what}").with("AddRequestHeader=X-Test,{what}"));
        int before = gateway.backend().calls.get();
        assertThat(gateway.fetch("/split/a%0d%0aX-Evil:%20yes").status()).isGreaterThanOrEqualTo(400);
        assertThat(gateway.backend().calls).hasValue(before);
        assertThat(log).contains("cannot be sent").doesNotContain("\tat ");
    }
}
