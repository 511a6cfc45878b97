package io.weft.gateway.engine;

import static io.weft.gateway.engine.RouteBench.get;
import static io.weft.gateway.engine.RouteBench.row;
import static io.weft.gateway.engine.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;

/** Each predicate: a request that its route has, and one that it leaves. */
final class BuiltInPredicates {

    static final List<BuiltIn> ALL = List.of(
            new BuiltIn("After", bench -> {
                bench.takes("After=2020-01-01T00:00:00Z", row());
                bench.leaves("After=2999-01-01T00:00:00Z", row());
            }),
            new BuiltIn("Before", bench -> {
                bench.takes("Before=2999-01-01T00:00:00Z", row());
                bench.leaves("Before=2020-01-01T00:00:00Z", row());
            }),
            new BuiltIn("Between", bench -> {
                bench.takes("Between=2020-01-01T00:00:00Z,2999-01-01T00:00:00Z", row());
                bench.leaves("Between=2020-01-01T00:00:00Z,2021-01-01T00:00:00Z", row());
            }),
            new BuiltIn("CloudFoundryRouteService", bench -> {
                bench.takes(
                        "CloudFoundryRouteService", row("X-CF-Forwarded-Url: http://b/", "X-CF-Proxy-Signature: s", "X-CF-Proxy-Metadata: m"));
                bench.leaves("CloudFoundryRouteService", row("X-CF-Forwarded-Url: http://b/"));
            }),
            new BuiltIn("Cookie", bench -> {
                bench.takes("Cookie=kind,choc.*", row("Cookie: a=b; kind=chocolate"));
                bench.leaves("Cookie=kind,choc.*", row("Cookie: kind=plain"));
                bench.leaves("Cookie=kind,choc.*", row());
            }),
            new BuiltIn("Header", bench -> {
                bench.takes("Header=X-Id,[0-9]+", row("X-Id: 12"));
                bench.leaves("Header=X-Id,[0-9]+", row("X-Id: twelve"));
            }),
            new BuiltIn("Host", bench -> {
                bench.takes("Host=*.example.org", "GET /row HTTP/1.1\r\nHost: b.example.org\r\n\r\n");
                bench.leaves("Host=*.example.org", "GET /row HTTP/1.1\r\nHost: b.example.com\r\n\r\n");
            }),
            new BuiltIn("Method", bench -> {
                bench.takes("Method=POST,GET", row());
                bench.leaves("Method=POST,PUT", row());
            }),
            new BuiltIn("Path", bench -> {
                bench.takes("Path=/row/{id},/other", get("/row/1"));
                bench.leaves("Path=/row/{id},/other", get("/row/1/2"));
            }),
            new BuiltIn("Query", bench -> {
                bench.takes("Query=colour,gr.y", get("/row?a=b&colour=grey"));
                bench.leaves("Query=colour,gr.y", get("/row?colour=green"));
                bench.leaves("Query=colour", row());
            }),
            new BuiltIn("RemoteAddr", bench -> {
                bench.takes("RemoteAddr=10.0.0.0/8,127.0.0.1/32", row());
                bench.leaves("RemoteAddr=10.0.0.0/8", row());
            }),
            new BuiltIn("Version", bench -> {
                bench.takes("Version=1.2", row("X-API-Version: 1.2"));
                bench.takes("Version=1.2+", row("X-API-Version: 2.0"));
                bench.leaves("Version=1.2", row("X-API-Version: 2.0"));
                bench.takes("Version=1.2", row());
                bench.takes("Path=/row", row());
                assertThat(bench.ask(row("X-API-Version: newest")).status()).as("no version").isEqualTo(400);
                bench.apply(route("row").toBackend().order(-1).when("Version=2.0"));
                assertThat(bench.ask(row("X-API-Version: 2.0")).status()).as("before the mesh's own").isEqualTo(200);
            }),
            new BuiltIn("Weight", bench -> {
                bench.apply(
                        route("all").toBackend().when("Path=/row", "Weight=g,10"), route("none").to("mesh:///").when("Path=/row", "Weight=g,0"));
                for (int i = 0; i < 10; i++) {
                    assertThat(bench.ask(row()).status()).isEqualTo(200);
                }
                bench.apply(route("all").toBackend().when("Path=/row", "Weight=g,0"), route("none").to("mesh:///").when("Path=/row", "Weight=g,10"));
                assertThat(bench.ask(row()).status()).isEqualTo(404);
            }),
            new BuiltIn("XForwardedRemoteAddr", bench -> {
                bench.takes("XForwardedRemoteAddr=20.0.0.0/8", row("X-Forwarded-For: 30.1.1.1, 20.1.1.1"));
                bench.leaves("XForwardedRemoteAddr=20.0.0.0/8", row("X-Forwarded-For: 20.1.1.1, 30.1.1.1"));
                bench.leaves("XForwardedRemoteAddr=20.0.0.0/8", row());
            }));

    private BuiltInPredicates() {}
}
