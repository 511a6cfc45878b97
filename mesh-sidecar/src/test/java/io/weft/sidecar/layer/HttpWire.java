package io.weft.sidecar.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.sidecar.resource.NetworkFilterResource;
import io.weft.sidecar.resource.RbacResource;
import io.weft.sidecar.testing.MeshTls;
import io.weft.sidecar.testing.RawBackend;
import io.weft.sidecar.testing.TestEngine;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Requests of the JDK's client, in either version. */
final class HttpWire implements Wire {
    private final HttpClient.Version version;
    private final Callers callers;
    private final Map<String, HttpClient> clients = new HashMap<>();
    private final RawBackend app = RawBackend.text("app");

    HttpWire(HttpClient.Version version, TestEngine engine, Callers callers) throws IOException {
        this.version = version;
        this.callers = callers;
        engine.cluster(version.name(), app.port());
    }

    @Override
    public List<NetworkFilterResource> filters(RbacResource rules) {
        return Wire.http(rules, version.name());
    }

    @Override
    public boolean passes(int port, Ask ask) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + ask.path())).version(version);
        if (!ask.role().isEmpty()) {
            request.header("x-role", ask.role());
        }
        HttpResponse<String> answer = client(ask.principal()).send(request.build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.version()).isEqualTo(version);
        if (answer.statusCode() == 200) {
            assertThat(answer.body()).isEqualTo("app");
            return true;
        }
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).isEqualTo("RBAC: access denied");
        return false;
    }

    private HttpClient client(String principal) throws GeneralSecurityException, IOException {
        HttpClient client = clients.get(principal);
        if (client == null) {
            client = HttpClient.newBuilder().sslContext(MeshTls.context(callers.svid(principal))).build();
            clients.put(principal, client);
        }
        return client;
    }

    @Override
    public int reached() {
        return app.heads().size();
    }

    @Override
    public String denied() {
        return "envoy_http_rbac_denied";
    }

    @Override
    public void close() throws IOException {
        app.close();
    }
}
