package io.weft.gateway.engine;

import static io.weft.gateway.engine.RouteBench.base;
import static io.weft.gateway.engine.RouteBench.get;
import static io.weft.gateway.engine.RouteBench.row;
import static io.weft.gateway.engine.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.gateway.engine.MirrorBackend.Answer;
import io.weft.gateway.engine.RouteBench.Seen;
import java.util.List;

/** Each filter of answers, and those that answer themselves or ask again: what the client gets. */
final class BuiltInAnswerFilters {

    static final List<BuiltIn> ALL = List.of(
            new BuiltIn("AddResponseHeader", bench -> {
                bench.filters("AddResponseHeader=X-Row,new");
                bench.backend.prepare(Answer.of(200, "", "X-Row", "old"));
                assertThat(bench.ask(row()).client("x-row")).contains("old");
                assertThat(bench.ask(row()).client("x-row")).containsExactly("new");
            }),
            new BuiltIn("CircuitBreaker", bench -> {
                bench.apply(
                        base().withFull("CircuitBreaker", "name", "row", "fallbackUri", "forward:/instead", "statusCodes[0]", "500"),
                        route("instead").to("http://127.0.0.1:" + bench.backend.port()).when("Path=/instead"));
                bench.backend.prepare(Answer.of(500, "broken"));
                Seen seen = bench.ask(row());
                assertThat(seen.asked()).extracting(MirrorBackend.Asked::uri).containsExactly("/row", "/instead");
                assertThat(seen.client().body()).isEqualTo("hello");
                assertThat(bench.ask(row()).backend().uri()).as("when all is well").isEqualTo("/row");
            }),
            new BuiltIn("DedupeResponseHeader", bench -> {
                bench.filters("DedupeResponseHeader=X-Row X-More,RETAIN_UNIQUE");
                bench.backend.prepare(Answer.of(200, "", "X-Row", "a", "X-Row", "a", "X-Row", "b", "X-More", "c", "X-More", "c"));
                Seen seen = bench.ask(row());
                assertThat(seen.client("x-row")).containsExactly("a", "b");
                assertThat(seen.client("x-more")).containsExactly("c");
            }),
            new BuiltIn("FallbackHeaders", bench -> {
                bench.apply(
                        route("row").to("lb://nobody:80", "no.such.cluster")
                                .when("Path=/row")
                                .withFull("CircuitBreaker", "name", "fallbackHeaders", "fallbackUri", "forward:/instead"),
                        route("instead").toBackend().when("Path=/instead").withFull("FallbackHeaders", "executionExceptionTypeHeaderName", "X-Why"));
                Seen seen = bench.ask(row());
                assertThat(seen.client().body()).isEqualTo("hello");
                assertThat(seen.backend().uri()).isEqualTo("/instead");
                assertThat(seen.backend("x-why").toString()).contains("Exception");
            }),
            new BuiltIn("LocalResponseCache", bench -> {
                bench.filters("LocalResponseCache=1m,1MB");
                assertThat(bench.ask(row()).asked()).hasSize(1);
                Seen again = bench.ask(row());
                assertThat(again.asked()).isEmpty();
                assertThat(again.client().body()).isEqualTo("hello");
                assertThat(bench.ask(row("Authorization: Basic eDp5")).asked()).as("what one may see is not another's").hasSize(1);
            }),
            new BuiltIn("RedirectTo", bench -> {
                bench.filters("RedirectTo=302,https://example.org/there");
                Seen seen = bench.ask(row());
                assertThat(seen.status()).isEqualTo(302);
                assertThat(seen.client("location")).containsExactly("https://example.org/there");
                assertThat(seen.asked()).isEmpty();
            }),
            new BuiltIn("RemoveJsonAttributesResponseBody", bench -> {
                bench.filters("RemoveJsonAttributesResponseBody=secret,more,true");
                bench.backend.prepare(Answer.of(200, "{\"id\":1,\"secret\":2,\"in\":{\"more\":3,\"b\":4}}", "Content-Type", "application/json"));
                Seen seen = bench.ask(row());
                assertThat(seen.client().body()).isEqualTo("{\"id\":1,\"in\":{\"b\":4}}");
                assertThat(seen.status()).isEqualTo(200);
            }),
            new BuiltIn("RemoveResponseHeader", bench -> {
                bench.filters("RemoveResponseHeader=X-Row");
                bench.backend.prepare(Answer.of(200, "", "X-Row", "a", "X-More", "b"));
                Seen seen = bench.ask(row());
                assertThat(seen.client("x-row")).isEmpty();
                assertThat(seen.client("x-more")).containsExactly("b");
            }),
            new BuiltIn("Retry", bench -> {
                bench.filters("Retry=2");
                bench.backend.prepare(Answer.of(503, "once"), Answer.of(500, "twice"));
                Seen seen = bench.ask(row());
                assertThat(seen.client().body()).isEqualTo("hello");
                assertThat(seen.asked()).hasSize(3);
            }),
            new BuiltIn("RewriteLocationResponseHeader", bench -> {
                bench.filters("RewriteLocationResponseHeader=NEVER_STRIP,Location");
                bench.backend.prepare(Answer.of(201, "", "Location", "http://backend:80/row/v1/2?a=b"));
                assertThat(bench.ask(row()).client("location")).containsExactly("http://a/row/v1/2?a=b");
            }),
            new BuiltIn("RewriteResponseHeader", bench -> {
                bench.filters("RewriteResponseHeader=X-Row,password=[^&]+,password=***");
                bench.backend.prepare(Answer.of(200, "", "X-Row", "/a?user=b&password=c&d=e"));
                assertThat(bench.ask(row()).client("x-row")).containsExactly("/a?user=b&password=***&d=e");
            }),
            new BuiltIn("SecureHeaders", bench -> {
                bench.filters("SecureHeaders");
                Seen seen = bench.ask(row());
                assertThat(seen.client("x-frame-options")).containsExactly("DENY");
                assertThat(seen.client("x-content-type-options")).containsExactly("nosniff");
                assertThat(seen.client("strict-transport-security")).hasSize(1);
            }),
            new BuiltIn("SetResponseHeader", bench -> {
                bench.filters("SetResponseHeader=X-Row,new");
                bench.backend.prepare(Answer.of(200, "", "X-Row", "a", "X-Row", "b"));
                assertThat(bench.ask(row()).client("x-row")).containsExactly("new");
            }),
            new BuiltIn("SetStatus", bench -> {
                bench.filters("SetStatus=202");
                Seen seen = bench.ask(get("/row/1"));
                assertThat(seen.status()).isEqualTo(202);
                assertThat(seen.client().body()).isEqualTo("hello");
            }));

    private BuiltInAnswerFilters() {}
}
