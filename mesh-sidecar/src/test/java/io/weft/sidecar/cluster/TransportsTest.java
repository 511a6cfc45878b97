package io.weft.sidecar.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import io.weft.sidecar.identity.IdentitySource;
import io.weft.sidecar.identity.TestCa;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.NetAddress;
import io.weft.sidecar.resource.TlsCommon;
import io.weft.sidecar.resource.UpstreamTlsResource;
import io.weft.sidecar.resource.Workload;
import io.weft.sidecar.secret.SecretStore;
import io.weft.sidecar.secret.TlsBinder;
import io.weft.sidecar.secret.TlsBinding;
import io.weft.sidecar.tls.TlsContexts;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A TLS context for each name that clients ask a dynamic forward proxy for. */
class TransportsTest {

    private final TestCa ca = new TestCa();
    private final TlsContexts contexts = new TlsContexts(IdentitySource.fixed(ca.svid("spiffe://cluster.local/ns/default/sa/egress")));
    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final List<Host> hosts = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() {
        loop.shutdownGracefully();
        contexts.close();
    }

    @Test
    void namesThatNobodyHasAnyMoreAreForgotten_thoseInUseAreNot() {
        TlsCommon common = new TlsCommon(
                List.of("http/1.1"), null, new TlsCommon.Validation(null, List.of(), true), "TLSv1.2", "TLSv1.3", List.of(), List.of());
        UpstreamTlsResource tls = new UpstreamTlsResource(common, "", true, false);
        Transports transports = new Transports(
                ClusterResource.of("wildcard", ClusterResource.Type.DYNAMIC_FORWARD_PROXY, null).withTls(tls, List.of()),
                new TlsBinder(contexts, new SecretStore()),
                () -> hosts,
                () -> loop);
        Host steady = host("steady.example");
        hosts.add(steady);
        TlsBinding ofSteady = transports.of(steady.resource());
        for (int i = 0; i < 2000; i++) {
            Host host = host("h" + i + ".example");
            hosts.add(host);
            if (hosts.size() > 10) {
                hosts.remove(1);
            }
            assertThat(transports.of(host.resource())).isNotNull();
        }
        assertThat(transports.size()).isLessThan(400);
        assertThat(transports.of(steady.resource())).isSameAs(ofSteady);
        assertThat(ofSteady.ready()).isNotNull();
        transports.close();
    }

    private static Host host(String name) {
        return new Host(
                new EndpointsResource.Endpoint(
                        new NetAddress("127.0.0.1", 443), name, 1, EndpointsResource.Health.UNKNOWN, Map.of(), Workload.UNKNOWN, 0),
                new InetSocketAddress("127.0.0.1", 443),
                0);
    }
}
