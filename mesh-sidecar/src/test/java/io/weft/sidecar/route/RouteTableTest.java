package io.weft.sidecar.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.DefaultEventLoop;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.weft.sidecar.loop.LoopState;
import io.weft.sidecar.message.Http1RequestHead;
import io.weft.sidecar.resource.HeaderMatch;
import io.weft.sidecar.resource.ResourceException;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.RouteResource.Forward;
import io.weft.sidecar.resource.RouteResource.Match;
import io.weft.sidecar.resource.RouteResource.PathKind;
import io.weft.sidecar.resource.StringMatch;
import io.weft.sidecar.resource.VirtualHostResource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTableTest {
    private static final DefaultEventLoop LOOP = new DefaultEventLoop();
    private static final LoopState STATE = LoopState.of(LOOP);

    @AfterAll
    static void stop() {
        LOOP.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private static Http1RequestHead request(String authority, String path, String... headers) {
        DefaultHttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path);
        for (int i = 0; i < headers.length; i += 2) {
            request.headers().add(headers[i], headers[i + 1]);
        }
        return new Http1RequestHead(request, authority, "http");
    }

    private static RouteTable<String> table(VirtualHostResource... hosts) {
        return new RouteTable<>(RouteConfigResource.of("t", List.of(hosts)), (table, host, route) -> route.name());
    }

    private static @Nullable String find(RouteTable<String> table, Http1RequestHead head) {
        VirtualHost<String> host = table.host(head.authority());
        Route<String> route = host == null ? null : host.route(head, RoutePath.of(head.path()), STATE);
        return route == null ? null : route.plan();
    }

    private static VirtualHostResource host(String name, String... domains) {
        return VirtualHostResource.of(
                name, List.of(domains), List.of(RouteResource.of(name, Match.prefix("/"), Forward.to("c"))));
    }

    @ParameterizedTest
    @CsvSource({
        "a.example.com, exact", "A.Example.COM, exact", "b.example.com, suffix", "x.b.example.com, long", "api.org, prefix",
        "nothing.net, any", "example.com, any", "a.example.com:8080, port"
    })
    void theMostSpecificDomainWins(String authority, String expected) {
        RouteTable<String> table = table(
                host("any", "*"),
                host("suffix", "*.example.com"),
                host("long", "*.b.example.com"),
                host("prefix", "api.*"),
                host("exact", "a.example.com"),
                host("port", "a.example.com:8080"));
        assertThat(find(table, request(authority, "/"))).isEqualTo(expected);
    }

    @Test
    void aDomainMayBeSaidOnce() {
        assertThatThrownBy(() -> table(host("a", "x"), host("b", "X")))
                .isInstanceOf(ResourceException.class)
                .hasMessageContaining("domain x in a and b");
    }

    @Test
    void theFirstRuleWins_howeverManyThereAreAndHoweverTheyMatch() {
        List<RouteResource> routes = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            routes.add(RouteResource.of("p" + i, Match.prefix("/p" + i + "/"), Forward.to("c")));
        }
        routes.add(RouteResource.of("regex", path(PathKind.REGEX, "/x/[0-9]+", false), Forward.to("c")));
        routes.add(RouteResource.of("exact", Match.exact("/x/1"), Forward.to("c")));
        routes.add(RouteResource.of("exact2", Match.exact("/y"), Forward.to("c")));
        routes.add(RouteResource.of("separated", path(PathKind.PATH_SEPARATED_PREFIX, "/s", false), Forward.to("c")));
        routes.add(RouteResource.of("case", path(PathKind.EXACT, "/CaSe", true), Forward.to("c")));
        routes.add(RouteResource.of("rest", Match.prefix("/"), Forward.to("c")));
        routes.add(RouteResource.of("never", Match.exact("/z"), Forward.to("c")));
        RouteTable<String> table = table(VirtualHostResource.of("h", List.of("*"), routes));
        assertThat(find(table, request("h", "/p7/a"))).isEqualTo("p7");
        assertThat(find(table, request("h", "/p7"))).isEqualTo("rest");
        assertThat(find(table, request("h", "/x/1"))).isEqualTo("regex");
        assertThat(find(table, request("h", "/x/a"))).isEqualTo("rest");
        assertThat(find(table, request("h", "/y?q"))).isEqualTo("exact2");
        assertThat(find(table, request("h", "/s/t"))).isEqualTo("separated");
        assertThat(find(table, request("h", "/st"))).isEqualTo("rest");
        assertThat(find(table, request("h", "/case"))).isEqualTo("case");
        assertThat(find(table, request("h", "/z"))).isEqualTo("rest");
    }

    private static Match path(PathKind kind, String path, boolean ignoreCase) {
        return new Match(kind, path, ignoreCase, List.of(), List.of(), false, null);
    }

    private static boolean matches(HeaderMatch match, String... headers) {
        return HeaderMatcher.of(match).matches(request("h", "/", headers));
    }

    @Test
    void headersMatchAsEnvoyMatchesThem() {
        HeaderMatch exact = HeaderMatch.string("a", StringMatch.exact("1"));
        assertThat(matches(exact, "a", "1")).isTrue();
        assertThat(matches(exact, "a", "2")).isFalse();
        assertThat(matches(exact)).isFalse();
        HeaderMatch not = new HeaderMatch("a", StringMatch.exact("1"), null, null, true, false);
        assertThat(matches(not, "a", "2")).isTrue();
        assertThat(matches(not)).isFalse();
        HeaderMatch notMissing = new HeaderMatch("a", StringMatch.exact("1"), null, null, true, true);
        assertThat(matches(notMissing)).isTrue();
        HeaderMatch absent = new HeaderMatch("a", null, null, false, false, false);
        assertThat(matches(absent)).isTrue();
        assertThat(matches(absent, "a", "")).isFalse();
        HeaderMatch range = new HeaderMatch("a", null, new HeaderMatch.Range(1, 10), null, false, false);
        assertThat(matches(range, "a", "9")).isTrue();
        assertThat(matches(range, "a", "10")).isFalse();
        assertThat(matches(range, "a", "x")).isFalse();
        assertThat(matches(HeaderMatch.string("a", StringMatch.exact("1,2")), "a", "1", "a", "2")).isTrue();
        assertThat(matches(HeaderMatch.string(":method", StringMatch.exact("GET")))).isTrue();
        assertThat(matches(HeaderMatch.string("a", StringMatch.regex("a+")), "a", "aab")).isFalse();
    }

    @Test
    void aQueryParameterMatchesUndecoded_theFirstOfItsName() {
        assertThat(Query.value("a=1&b=2&a=3", "a")).isEqualTo("1");
        assertThat(Query.value("ab=1&a", "a")).isEmpty();
        assertThat(Query.value("ab=1", "a")).isNull();
        assertThat(Query.value("a=%31", "a")).isEqualTo("%31");
    }

    @Test
    void aRegexThatIsTooLongOrNotRe2IsRefused() {
        assertThatThrownBy(() -> StringMatcher.of(StringMatch.regex("a".repeat(1025)))).hasMessageContaining("1024");
        assertThatThrownBy(() -> StringMatcher.of(StringMatch.regex("(?<=a)b"))).hasMessageContaining("RE2");
    }

    @ParameterizedTest
    @CsvSource({"/foo/bar?q, /, //bar?q", "/foo, /x, /x", "/foobar, /x, /xbar"})
    void aPrefixRewriteIsLiteral_doubleSlashIncluded(String path, String replacement, String expected) {
        PathRewrite rewrite = PathRewrite.of(Match.prefix("/foo"), replacement, null);
        assertThat(rewrite).isNotNull();
        assertThat(rewrite.apply(path)).isEqualTo(expected);
    }

    @Test
    void aRegexRewriteUsesBackslashGroups() {
        PathRewrite rewrite =
                PathRewrite.of(Match.prefix("/"), null, new RouteResource.RegexRewrite("^/a/([^/]+)/(.*)$", "/\\2/{\\1}$"));
        assertThat(rewrite).isNotNull();
        assertThat(rewrite.apply("/a/x/y?z=1")).isEqualTo("/y/{x}$?z=1");
    }

    @ParameterizedTest
    @CsvSource({
        "https, , 0, , https://h/p?q", "https, , 443, , https://h/p?q", ", other, 0, , http://other/p?q", ", , 8443, , http://h:8443/p?q",
        ", , 80, , http://h/p?q", ", , 0, /new, http://h/new?q", ", , 0, /new?a, http://h/new?a"
    })
    void redirectsDropDefaultPorts(@Nullable String scheme, @Nullable String host, int port, @Nullable String path, String expected) {
        RedirectPlan plan = new RedirectPlan(
                Match.prefix("/"), new RouteResource.Redirect(scheme, host, port, path, null, null, 301, false));
        assertThat(plan.location(request("h", "/p?q"))).isEqualTo(expected);
    }
}
