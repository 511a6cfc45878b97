package io.weft.gateway.engine;

import static io.weft.gateway.engine.RawHttp.post;
import static io.weft.gateway.engine.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Endpoints of distributed routes that fail, and the filters that make good for it. */
@Timeout(60)
class SpringRouteFailureIT {

    @RegisterExtension
    static final SpringRouteGateway gateway = new SpringRouteGateway();

    @Test
    void anEndpointThatIsGone_isA503AsTheMeshSaysIt() throws IOException {
        int nobody = FreePort.next();
        String name = "outbound|81||gone.default.svc.cluster.local";
        gateway.engine().applyClusters(
                List.of(ClusterResource.of(
                        name, ClusterResource.Type.STATIC, EndpointsResource.of(name, List.of(EndpointsResource.Endpoint.of("127.0.0.1", nobody))))),
                List.of());
        gateway.apply(
                route("gone").to("lb://gone:81", name).when("Path=/gone"),
                route("never").to("lb://never:81", "outbound|81||never.default.svc.cluster.local").when("Path=/never"),
                route("reset").toBackend().when("Path=/reset/**"),
                route("hang").toBackend().when("Path=/hang/**").metadata("response-timeout", 200));
        RawHttp.Answer gone = gateway.fetch("/gone");
        assertThat(gone.status()).isEqualTo(503);
        assertThat(gone.body()).isEqualTo("upstream connect error or disconnect/reset before headers. reset reason: remote connection failure");
        assertThat(gateway.fetch("/never").status()).isEqualTo(503);
        RawHttp.Answer reset = gateway.fetch("/reset/1");
        assertThat(reset.status()).isEqualTo(503);
        assertThat(reset.body()).contains("connection termination");
        RawHttp.Answer hang = gateway.fetch("/hang/1");
        assertThat(hang.status()).isEqualTo(504);
        assertThat(hang.body()).isEqualTo("upstream request timeout");
        assertThat(gateway.series("response_code=\"503\"", "response_flags=\"UF\"")).isPositive();
        assertThat(gateway.series("response_code=\"504\"", "response_flags=\"UT\"")).isPositive();
    }

    @Test
    void retryCounts() throws IOException {
        gateway.apply(
                route("retry").toBackend().when("Path=/flaky/**").withFull("Retry", "retries", "3", "series", "SERVER_ERROR", "methods", "GET,POST"),
                route("retryReset").toBackend().when("Path=/reset/**").with("Retry=2"));
        int before = gateway.backend().calls.get();
        RawHttp.Answer answer = gateway.fetch("/flaky/2/a");
        assertThat(answer.body()).isEqualTo("recovered");
        assertThat(gateway.backend().calls).hasValue(before + 3);
        assertThat(gateway.ask(post("/flaky/2/b", "body")).body()).as("with its body again").isEqualTo("recovered");
        assertThat(gateway.backend().calls).hasValue(before + 6);
        assertThat(gateway.fetch("/flaky/9/c").status()).as("it gives up").isEqualTo(503);
        assertThat(gateway.backend().calls).hasValue(before + 10);
        assertThat(gateway.fetch("/reset/2").status()).as("exceptions are retried too").isEqualTo(503);
        assertThat(gateway.backend().calls).hasValue(before + 13);
    }

    @Test
    void circuitBreaker_fallsBack_byStatusByExceptionAndByTime() throws IOException {
        gateway.apply(
                route("breaker")
                        .toBackend()
                        .when("Path=/status/**,/reset/**,/hang/**")
                        .withFull("CircuitBreaker", "name", "books", "fallbackUri", "forward:/fallback", "statusCodes[0]", "500"));
        for (String path : List.of("/status/500", "/reset/1", "/hang/1")) {
            RawHttp.Answer answer = gateway.fetch(path);
            assertThat(answer.body()).as(path).isEqualTo("from the fallback");
            assertThat(RawHttp.field(answer.head(), "x-fallback")).isEqualTo("yes");
            assertThat(RawHttp.field(answer.head(), "x-backend")).as("nothing of the first answer").isEmpty();
        }
        assertThat(gateway.fetch("/status/404").status()).isEqualTo(404);
    }
}
