package io.weft.sidecar.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.observe.metrics.Counter;
import io.weft.sidecar.observe.metrics.MetricKey;
import io.weft.sidecar.resource.DownstreamTlsResource;
import io.weft.sidecar.resource.HeaderMatch;
import io.weft.sidecar.resource.ListenerResource.Direction;
import io.weft.sidecar.resource.ListenerResource.FilterChain;
import io.weft.sidecar.resource.ListenerResource.FilterChainMatch;
import io.weft.sidecar.resource.RbacResource;
import io.weft.sidecar.resource.RbacResource.Action;
import io.weft.sidecar.resource.RbacResource.Permission;
import io.weft.sidecar.resource.RbacResource.Principal;
import io.weft.sidecar.resource.StringMatch;
import io.weft.sidecar.resource.StringMatch.Kind;
import io.weft.sidecar.testing.MeshTls;
import io.weft.sidecar.testing.TestEngine;
import io.weft.sidecar.tls.TlsContexts;
import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every rule as exact, prefix and suffix, on HTTP/1.1, HTTP/2, gRPC and TCP, allowing and denying: those it is meant for, and those who are nearly
 * that. Whom it refuses, the application never hears of.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EveryRuleIT {
    private static final String MESH = "spiffe://cluster.local/ns/";

    private final Callers callers = new Callers();
    private final Map<Protocol, Wire> wires = new EnumMap<>(Protocol.class);
    private TestEngine engine;
    private int listeners;

    enum Protocol {
        HTTP1,
        HTTP2,
        GRPC,
        TCP
    }

    /** What a rule looks at. */
    enum Attribute {
        PRINCIPAL {
            @Override
            RbacResource.Policy policy(StringMatch match) {
                return new RbacResource.Policy(List.of(new Permission.Any()), List.of(new Principal.Authenticated(match)));
            }

            @Override
            Ask ask(String value) {
                return Ask.USUAL.as(value);
            }
        },
        PATH {
            @Override
            RbacResource.Policy policy(StringMatch match) {
                return to(new Permission.UrlPath(match));
            }

            @Override
            Ask ask(String value) {
                return Ask.USUAL.path(value);
            }
        },
        HEADER {
            @Override
            RbacResource.Policy policy(StringMatch match) {
                return to(new Permission.Header(HeaderMatch.string("x-role", match)));
            }

            @Override
            Ask ask(String value) {
                return Ask.USUAL.role(value);
            }
        },
        SERVER_NAME {
            @Override
            RbacResource.Policy policy(StringMatch match) {
                return to(new Permission.RequestedServerName(match));
            }

            @Override
            Ask ask(String value) {
                return Ask.USUAL.serverName(value);
            }
        };

        abstract RbacResource.Policy policy(StringMatch match);

        abstract Ask ask(String value);

        /** The callers of these tests can name a server, or ask for something in it. */
        boolean on(Protocol protocol) {
            return this == PRINCIPAL || (this == SERVER_NAME) == (protocol == Protocol.TCP);
        }

        private static RbacResource.Policy to(Permission permission) {
            return new RbacResource.Policy(List.of(permission), List.of(new Principal.Any()));
        }
    }

    /** Values that match, and values that would match if the rule were of another kind, or looked less closely. */
    record Rule(Attribute attribute, Kind kind, String value, List<String> matching, List<String> others) {
        RbacResource as(Action action) {
            StringMatch match = new StringMatch(kind, value, false);
            return new RbacResource(new RbacResource.Rules(action, Map.of("p", attribute.policy(match))), null);
        }
    }

    private static final List<Rule> RULES = List.of(
            new Rule(Attribute.PRINCIPAL, Kind.EXACT, MESH + "default/sa/page",
                    List.of(MESH + "default/sa/page"),
                    List.of(MESH + "default/sa/page2", MESH + "default/sa/pag", MESH + "default2/sa/page")),
            new Rule(Attribute.PRINCIPAL, Kind.PREFIX, MESH + "default/",
                    List.of(MESH + "default/sa/page", MESH + "default/sa/x"),
                    List.of(MESH + "default2/sa/page", "spiffe://x.cluster.local/ns/default/sa/page")),
            new Rule(Attribute.PRINCIPAL, Kind.SUFFIX, "/sa/page",
                    List.of(MESH + "default/sa/page", MESH + "prod/sa/page"),
                    List.of(MESH + "default/sa/page2", MESH + "default/sa/xpage", MESH + "default/sa/page.sa")),
            new Rule(Attribute.PATH, Kind.EXACT, "/shop.Admin/Delete",
                    List.of("/shop.Admin/Delete"),
                    List.of("/shop.Admin/Delete2", "/shop.Admin/Del", "/x.shop.Admin/Delete", "/shop.admin/Delete")),
            new Rule(Attribute.PATH, Kind.PREFIX, "/shop.Admin/",
                    List.of("/shop.Admin/Delete", "/shop.Admin/List"),
                    List.of("/shop.Admins/Delete", "/x.shop.Admin/Delete", "/shop.admin/Delete")),
            new Rule(Attribute.PATH, Kind.SUFFIX, "/Delete",
                    List.of("/shop.Admin/Delete", "/shop.Cart/Delete"),
                    List.of("/shop.Admin/Deleted", "/shop.Admin/UnDelete", "/shop.Admin/delete")),
            new Rule(Attribute.HEADER, Kind.EXACT, "admin", List.of("admin"), List.of("", "admin2", "xadmin", "adm", "Admin")),
            new Rule(Attribute.HEADER, Kind.PREFIX, "adm", List.of("adm", "admin"), List.of("", "ad", "xadm", "Admin")),
            new Rule(Attribute.HEADER, Kind.SUFFIX, "min", List.of("min", "admin"), List.of("", "mi", "minx", "adMin")),
            new Rule(Attribute.SERVER_NAME, Kind.EXACT, "db.prod.example", List.of("db.prod.example"), List.of("", "db.prod.example2", "x.db.prod.example", "db")),
            new Rule(Attribute.SERVER_NAME, Kind.PREFIX, "db.", List.of("db.prod.example", "db.test.example"), List.of("", "x.db.prod.example", "dbs.example")),
            new Rule(Attribute.SERVER_NAME, Kind.SUFFIX, ".prod.example", List.of("db.prod.example", "a.prod.example"), List.of("", "prod.example", "db.prod.example.org")));

    static Stream<Arguments> rules() {
        return RULES.stream().flatMap(rule -> Stream.of(Protocol.values())
                .filter(rule.attribute()::on)
                .flatMap(protocol -> Stream.of(Action.ALLOW, Action.DENY).map(action -> Arguments.of(protocol, action, rule))));
    }

    static Stream<Arguments> rulesOfRequests() {
        return RULES.stream()
                .filter(rule -> rule.attribute() == Attribute.PATH || rule.attribute() == Attribute.HEADER)
                .flatMap(rule -> Stream.of(Action.ALLOW, Action.DENY).map(action -> Arguments.of(action, rule)));
    }

    @BeforeAll
    void start() throws Exception {
        engine = new TestEngine(new TlsContexts(IdentitySource.fixed(callers.svid(MESH + "default/sa/app"))));
        wires.put(Protocol.HTTP1, new HttpWire(HttpClient.Version.HTTP_1_1, engine, callers));
        wires.put(Protocol.HTTP2, new HttpWire(HttpClient.Version.HTTP_2, engine, callers));
        wires.put(Protocol.GRPC, new GrpcWire(engine, callers));
        wires.put(Protocol.TCP, new TcpWire(engine, callers));
    }

    @AfterAll
    void stop() throws Exception {
        engine.close();
        for (Wire wire : wires.values()) {
            wire.close();
        }
    }

    private int listen(Wire wire, RbacResource rules) {
        String name = "listener-" + listeners++;
        DownstreamTlsResource mutual = new DownstreamTlsResource(MeshTls.common(List.of("h2", "http/1.1"), List.of()), true, false);
        engine.listener(name, Direction.INBOUND, new FilterChain("mtls", FilterChainMatch.ANY, mutual, wire.filters(rules)));
        return engine.engine().listeners().get(name).getPort();
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("rules")
    void whoMayPasses_whoMayNotIsRefusedBeforeTheApplication(Protocol protocol, Action action, Rule rule) throws Exception {
        List<Ask> matching = rule.matching().stream().map(rule.attribute()::ask).toList();
        List<Ask> others = rule.others().stream().map(rule.attribute()::ask).toList();
        boolean allow = action == Action.ALLOW;
        check(wires.get(protocol), rule.as(action), allow ? matching : others, allow ? others : matching);
    }

    /** A connection has no path and no headers: what is said of them holds of nobody. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("rulesOfRequests")
    void aRuleOfRequestsMatchesNoConnection(Action action, Rule rule) throws Exception {
        List<Ask> usual = List.of(Ask.USUAL);
        boolean allow = action == Action.ALLOW;
        check(wires.get(Protocol.TCP), rule.as(action), allow ? List.of() : usual, allow ? usual : List.of());
    }

    /** Those who may come last: had a refused one reached the application, it would have been there before. */
    private void check(Wire wire, RbacResource rules, List<Ask> may, List<Ask> mayNot) throws Exception {
        int port = listen(wire, rules);
        Counter denied = engine.metrics().counter(MetricKey.of(wire.denied()));
        long deniedBefore = denied.value();
        int reachedBefore = wire.reached();
        List<Ask> refused = new ArrayList<>();
        List<Ask> passed = new ArrayList<>();
        for (Ask ask : Stream.concat(mayNot.stream(), may.stream()).toList()) {
            (wire.passes(port, ask) ? passed : refused).add(ask);
        }
        assertThat(refused).containsExactlyElementsOf(mayNot);
        assertThat(passed).containsExactlyElementsOf(may);
        assertThat(denied.value() - deniedBefore).as("refused by policy").isEqualTo(mayNot.size());
        await().untilAsserted(() -> assertThat(wire.reached() - reachedBefore).as("seen by the application").isEqualTo(may.size()));
    }
}
