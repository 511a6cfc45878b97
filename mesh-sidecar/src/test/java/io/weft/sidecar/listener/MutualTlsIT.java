package io.weft.sidecar.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.TestCa;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.HttpManagerResource;
import io.weft.sidecar.resource.HttpManagerResource.NamedHttpFilter;
import io.weft.sidecar.resource.ListenerResource;
import io.weft.sidecar.resource.ListenerResource.Direction;
import io.weft.sidecar.resource.ListenerResource.FilterChain;
import io.weft.sidecar.resource.ListenerResource.FilterChainMatch;
import io.weft.sidecar.resource.NetAddress;
import io.weft.sidecar.resource.RbacResource;
import io.weft.sidecar.resource.RouteConfigResource;
import io.weft.sidecar.resource.RouteResource;
import io.weft.sidecar.resource.RouteResource.Forward;
import io.weft.sidecar.resource.RouteResource.Match;
import io.weft.sidecar.resource.StringMatch;
import io.weft.sidecar.resource.VirtualHostResource;
import io.weft.sidecar.testing.RawBackend;
import io.weft.sidecar.testing.RawClient;
import io.weft.sidecar.testing.TestEngine;
import io.weft.sidecar.tls.TlsContexts;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MutualTlsIT {
    private static final String CLIENT = "spiffe://cluster.local/ns/default/sa/productpage";
    private static final String SERVER = "spiffe://cluster.local/ns/default/sa/reviews";

    private final TestCa ca = new TestCa();
    private TestEngine client;
    private TestEngine server;
    private RawBackend app;

    @BeforeEach
    void start() throws Exception {
        client = new TestEngine(new TlsContexts(IdentitySource.fixed(ca.svid(CLIENT))));
        server = new TestEngine(new TlsContexts(IdentitySource.fixed(ca.svid(SERVER))));
        app = RawBackend.text("reviews");
        server.cluster("inbound|9080||", app.port());
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        app.close();
    }

    private int inbound(boolean permissive, NamedHttpFilter... filters) {
        return MeshPeers.inbound(server, permissive, filters);
    }

    private int outbound(int inbound, ClusterResource.HttpProtocol protocol, String san) {
        client.cluster(MeshPeers.cluster(protocol, san, inbound));
        return client.listen(RouteResource.of("r", Match.prefix("/"), Forward.to("reviews")));
    }

    private static RawClient.Response get(int port, String... headers) throws Exception {
        try (RawClient raw = new RawClient(port)) {
            return raw.send("GET / HTTP/1.1\r\nHost: reviews:9080\r\n" + String.join("", headers) + "\r\n").read();
        }
    }

    enum Hop {
        HTTP1(ClusterResource.HttpProtocol.HTTP1),
        HTTP2(ClusterResource.HttpProtocol.HTTP2);

        final ClusterResource.HttpProtocol protocol;

        Hop(ClusterResource.HttpProtocol protocol) {
            this.protocol = protocol;
        }
    }

    @ParameterizedTest
    @EnumSource
    void theAppSeesWhoCalls_andNothingAClientMadeUp(Hop hop) throws Exception {
        int port = outbound(inbound(false), hop.protocol, SERVER);
        RawClient.Response answer = get(port, "x-forwarded-client-cert: By=me\r\n");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("reviews");
        assertThat(app.heads().get(0)).containsPattern(
                "x-forwarded-client-cert: By=" + SERVER + ";Hash=[0-9a-f]{64};Subject=\"\";URI=" + CLIENT + "\r\n");
    }

    @Test
    void aServerWithAnotherIdentityIs503UF_andGetsNoRequest() throws Exception {
        int port = outbound(inbound(false), ClusterResource.HttpProtocol.HTTP1, "spiffe://cluster.local/ns/default/sa/details");
        assertThat(get(port).status()).isEqualTo(503);
        await().until(() -> !client.log().isEmpty());
        assertThat(client.log().get(0).flags()).isEqualTo("UF");
        assertThat(app.heads()).isEmpty();
    }

    @Test
    void strictClosesPlaintextWithoutAnAnswer() throws Exception {
        try (RawClient raw = new RawClient(inbound(false))) {
            raw.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(raw.closed()).isTrue();
        }
        assertThat(app.heads()).isEmpty();
    }

    @Test
    void permissiveServesBoth_andAPlaintextClientHasNoIdentity() throws Exception {
        int inbound = inbound(true);
        assertThat(get(inbound, "x-forwarded-client-cert: URI=" + CLIENT + "\r\n").status()).isEqualTo(200);
        assertThat(app.heads().get(0)).doesNotContain("x-forwarded-client-cert");
        assertThat(get(outbound(inbound, ClusterResource.HttpProtocol.HTTP1, SERVER)).status()).isEqualTo(200);
    }

    @Test
    void aPolicyByPrincipalHolds() throws Exception {
        RbacResource allow = new RbacResource(
                new RbacResource.Rules(RbacResource.Action.ALLOW, Map.of("p", new RbacResource.Policy(
                        List.of(new RbacResource.Permission.Any()),
                        List.of(new RbacResource.Principal.Authenticated(StringMatch.exact(CLIENT)))))),
                null);
        int inbound = inbound(true, new NamedHttpFilter("rbac", allow, false));
        assertThat(get(outbound(inbound, ClusterResource.HttpProtocol.HTTP2, SERVER)).status()).isEqualTo(200);
        assertThat(get(inbound).status()).isEqualTo(403);
        assertThat(app.heads()).hasSize(1);
    }

    @Test
    void aBoundPortWithoutConfigurationClosesWhatItAccepts_andIsAdopted() throws Exception {
        InetSocketAddress bound = server.engine().preBind("127.0.0.1", 0);
        try (RawClient raw = new RawClient(bound.getPort())) {
            assertThat(raw.closed()).isTrue();
        }
        ListenerResource listener = new ListenerResource(
                "adopting", new NetAddress("127.0.0.1", bound.getPort()), Direction.INBOUND, false, false, false, Duration.ZERO, false,
                List.of(new FilterChain("plain", FilterChainMatch.ANY, null, List.of(MeshPeers.manager(List.of())))), null, 0, List.of());
        assertThat(server.engine().applyListeners(List.of(listener), List.of())).isEmpty();
        assertThat(get(bound.getPort()).status()).isEqualTo(200);
        server.engine().applyListeners(List.of(), List.of("adopting"));
        try (RawClient raw = new RawClient(bound.getPort())) {
            assertThat(raw.closed()).isTrue();
        }
    }

    @Test
    void routesChangeUnderAnOpenConnection_andDrainingSaysClose() throws Exception {
        RouteConfigResource to404 = RouteConfigResource.of("rds", List.of());
        RouteConfigResource toApp = RouteConfigResource.of(
                "rds",
                List.of(VirtualHostResource.of(
                        "in", List.of("*"), List.of(RouteResource.of("in", Match.prefix("/"), Forward.to("inbound|9080||"))))));
        FilterChain chain = new FilterChain(
                "http", FilterChainMatch.ANY, null, List.of(HttpManagerResource.of("rds", null, "rds", List.of())));
        server.listener("rds", Direction.INBOUND, chain);
        try (RawClient raw = new RawClient(server.engine().listeners().get("rds").getPort())) {
            String request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
            assertThat(raw.send(request).read().status()).isEqualTo(404);
            assertThat(server.engine().applyRoutes(List.of(toApp), List.of())).isEmpty();
            assertThat(raw.send(request).read().status()).isEqualTo(200);
            server.engine().applyRoutes(List.of(to404), List.of());
            assertThat(raw.send(request).read().status()).isEqualTo(404);
        }
        int port = server.engine().listeners().get("rds").getPort();
        try (RawClient asks = new RawClient(port); RawClient rests = new RawClient(port)) {
            server.engine().applyRoutes(List.of(toApp), List.of());
            String request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
            assertThat(asks.send(request).read().header("connection")).isNull();
            assertThat(rests.send(request).read().header("connection")).isNull();
            server.engine().startDraining();
            RawClient.Response told = asks.send(request).read();
            assertThat(told.status()).isEqualTo(200);
            assertThat(told.header("connection")).isEqualTo("close");
            assertThat(asks.closed()).isTrue();
            server.engine().startDraining();
            assertThat(rests.closed()).isTrue();
        }
        RawClient.Response last = get(server.engine().listeners().get("rds").getPort());
        assertThat(last.header("connection")).isEqualTo("close");
    }
}
