package io.weft.gateway.engine;

import static io.weft.gateway.engine.RouteBench.base;
import static io.weft.gateway.engine.RouteBench.get;
import static io.weft.gateway.engine.RouteBench.row;
import static io.weft.gateway.engine.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.weft.gateway.engine.RouteBench.Seen;
import java.util.List;

/** Each filter of requests: what the backend is asked. */
final class BuiltInRequestFilters {

    static final List<BuiltIn> ALL = List.of(
            new BuiltIn("AddRequestHeader", bench -> {
                bench.filters("AddRequestHeader=X-Row,new");
                assertThat(bench.ask(row("X-Row: old")).backend("x-row")).containsExactly("old", "new");
            }),
            new BuiltIn("AddRequestHeadersIfNotPresent", bench -> {
                bench.filters("AddRequestHeadersIfNotPresent=X-Row:new,X-More:more");
                Seen seen = bench.ask(row("X-Row: old"));
                assertThat(seen.backend("x-row")).containsExactly("old");
                assertThat(seen.backend("x-more")).containsExactly("more");
            }),
            new BuiltIn("AddRequestParameter", bench -> {
                bench.filters("AddRequestParameter=colour,blue");
                assertThat(bench.ask(get("/row?a=b")).backend().uri()).isEqualTo("/row?a=b&colour=blue");
            }),
            new BuiltIn("CacheRequestBody", bench -> {
                bench.apply(base().withFull("CacheRequestBody", "bodyClass", "java.lang.String"));
                Seen seen = bench.ask(RawHttp.post("/row", "hello"));
                assertThat(seen.backend(FilterProbes.CACHED)).as("what other filters find").containsExactly("hello");
                assertThat(seen.backend().body()).isEqualTo("hello");
            }),
            new BuiltIn("MapRequestHeader", bench -> {
                bench.filters("MapRequestHeader=X-From,X-To");
                assertThat(bench.ask(row("X-From: it")).backend("x-to")).containsExactly("it");
                assertThat(bench.ask(row()).backend("x-to")).isEmpty();
            }),
            new BuiltIn("PrefixPath", bench -> {
                bench.filters("PrefixPath=/before");
                assertThat(bench.ask(get("/row/1?a=b")).backend().uri()).isEqualTo("/before/row/1?a=b");
            }),
            new BuiltIn("PreserveHostHeader", bench -> {
                bench.filters("PreserveHostHeader");
                assertThat(bench.ask(row()).backend("host")).containsExactly("a");
                bench.filters();
                assertThat(bench.ask(row()).backend("host")).as("without it").containsExactly("backend:80");
            }),
            new BuiltIn("RemoveRequestHeader", bench -> {
                bench.filters("RemoveRequestHeader=X-Row");
                Seen seen = bench.ask(row("X-Row: a", "X-Row: b", "X-Other: c"));
                assertThat(seen.backend("x-row")).isEmpty();
                assertThat(seen.backend("x-other")).containsExactly("c");
            }),
            new BuiltIn("RemoveRequestParameter", bench -> {
                bench.filters("RemoveRequestParameter=colour");
                assertThat(bench.ask(get("/row?a=b&colour=red")).backend().uri()).isEqualTo("/row?a=b");
            }),
            new BuiltIn("RequestHeaderSize", bench -> {
                bench.filters("RequestHeaderSize=300B");
                assertThat(bench.ask(row("X-Long: " + "x".repeat(100))).status()).isEqualTo(200);
                Seen seen = bench.ask(row("X-Long: " + "x".repeat(300)));
                assertThat(seen.status()).isEqualTo(431);
                assertThat(seen.asked()).isEmpty();
            }),
            new BuiltIn("RequestHeaderToRequestUri", bench -> {
                bench.filters("RequestHeaderToRequestUri=X-Where");
                assertThat(bench.ask(row("X-Where: http://127.0.0.1:" + bench.backend.port() + "/there?a=b")).backend().uri()).isEqualTo("/there?a=b");
                assertThat(bench.ask(row()).backend().uri()).as("without the header").isEqualTo("/row");
                assertThat(bench.ask(row("X-Where: forward:/actuator/health")).backend().uri()).as("no way to Actuator").isEqualTo("/row");
            }),
            new BuiltIn("RequestRateLimiter", bench -> {
                bench.apply(base().withFull("RequestRateLimiter", "deny-empty-key", "true", "empty-key-status", "403"));
                assertThat(bench.ask(row(FilterProbes.KEY + ": good")).status()).isEqualTo(200);
                Seen seen = bench.ask(row(FilterProbes.KEY + ": bad"));
                assertThat(seen.status()).isEqualTo(429);
                assertThat(seen.asked()).isEmpty();
                assertThat(bench.ask(row()).status()).isEqualTo(403);
            }),
            new BuiltIn("RequestSize", bench -> {
                bench.apply(base().withFull("RequestSize", "maxSize", "5B"));
                assertThat(bench.ask(RawHttp.post("/row", "12345")).backend().body()).isEqualTo("12345");
                Seen seen = bench.ask(RawHttp.post("/row", "123456"));
                assertThat(seen.status()).isEqualTo(413);
                assertThat(seen.asked()).isEmpty();
            }),
            new BuiltIn("RewritePath", bench -> {
                bench.filters("RewritePath=/row/(?<rest>.*),/new/$\\{rest}");
                assertThat(bench.ask(get("/row/1?a=b")).backend().uri()).isEqualTo("/new/1?a=b");
            }),
            new BuiltIn("RewriteRequestParameter", bench -> {
                bench.filters("RewriteRequestParameter=colour,blue");
                assertThat(bench.ask(get("/row?a=b&colour=red")).backend().uri()).isEqualTo("/row?a=b&colour=blue");
            }),
            new BuiltIn("SaveSession", bench -> {
                bench.filters("SaveSession");
                assertThat(bench.ask(row(FilterProbes.REMEMBER + ": me")).backend(FilterProbes.SAVED)).as("before the backend is asked").containsExactly("true");
                bench.filters();
                assertThat(bench.ask(row(FilterProbes.REMEMBER + ": me")).backend(FilterProbes.SAVED)).as("without it").containsExactly("false");
            }),
            new BuiltIn("SetPath", bench -> {
                bench.apply(route("row").toBackend().when("Path=/row/{id}").with("SetPath=/new/{id}"));
                assertThat(bench.ask(get("/row/1?a=b")).backend().uri()).isEqualTo("/new/1?a=b");
            }),
            new BuiltIn("SetRequestHeader", bench -> {
                bench.filters("SetRequestHeader=X-Row,new");
                assertThat(bench.ask(row("X-Row: a", "X-Row: b")).backend("x-row")).containsExactly("new");
            }),
            new BuiltIn("SetRequestHostHeader", bench -> {
                bench.filters("SetRequestHostHeader=other.example");
                assertThat(bench.ask(row()).backend("host")).containsExactly("other.example");
            }),
            new BuiltIn("SetRequestUri", bench -> {
                bench.apply(route("row").to("lb://nobody:80", "no.such.cluster")
                        .when("Path=/row/{id}")
                        .with("SetRequestUri=http://127.0.0.1:" + bench.backend.port() + "/there/{id}"));
                assertThat(bench.ask(get("/row/1")).backend().uri()).isEqualTo("/there/1");
            }),
            new BuiltIn("StripPrefix", bench -> {
                bench.filters("StripPrefix=2");
                assertThat(bench.ask(get("/row/1/2/3?a=b")).backend().uri()).isEqualTo("/2/3?a=b");
            }));

    private BuiltInRequestFilters() {}
}
