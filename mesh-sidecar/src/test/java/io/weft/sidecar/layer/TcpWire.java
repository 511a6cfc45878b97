package io.weft.sidecar.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.sidecar.resource.NetworkFilterResource;
import io.weft.sidecar.resource.NetworkRbacResource;
import io.weft.sidecar.resource.RbacResource;
import io.weft.sidecar.resource.TcpProxyResource;
import io.weft.sidecar.testing.MeshTls;
import io.weft.sidecar.testing.SocketServer;
import io.weft.sidecar.testing.TestEngine;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Bytes that nobody reads, to a server that speaks first: who is refused has not heard a byte of it. */
final class TcpWire implements Wire {
    private static final String CLUSTER = "TCP";
    private static final int GREETING = 'g';

    private final Callers callers;
    private final AtomicInteger connections = new AtomicInteger();
    private final SocketServer app = SocketServer.start(socket -> {
        connections.incrementAndGet();
        socket.getOutputStream().write(GREETING);
        SocketServer.echo(socket);
    });

    TcpWire(TestEngine engine, Callers callers) throws IOException {
        this.callers = callers;
        engine.cluster(CLUSTER, app.port());
    }

    @Override
    public List<NetworkFilterResource> filters(RbacResource rules) {
        return List.of(
                new NetworkRbacResource("tcp.", rules),
                new TcpProxyResource(CLUSTER, List.of(new TcpProxyResource.WeightedCluster(CLUSTER, 1)), Duration.ZERO, 1, false, List.of()));
    }

    @Override
    public boolean passes(int port, Ask ask) throws Exception {
        try (SSLSocket socket = (SSLSocket) MeshTls.context(callers.svid(ask.principal())).getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setServerNames(ask.serverName().isEmpty() ? List.of() : List.of(new SNIHostName(ask.serverName())));
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            // refused or not is known only now: in TLS 1.3 a client has done its part before the server looks at its certificate
            int first = socket.getInputStream().read();
            if (first < 0) {
                return false;
            }
            assertThat(first).isEqualTo(GREETING);
            socket.getOutputStream().write(7);
            assertThat(socket.getInputStream().read()).isEqualTo(7);
            return true;
        } catch (SSLException | SocketException closed) {
            return false;
        }
    }

    @Override
    public int reached() {
        return connections.get();
    }

    @Override
    public String denied() {
        return "envoy_tcp_rbac_denied";
    }

    @Override
    public void close() throws IOException {
        app.close();
    }
}
