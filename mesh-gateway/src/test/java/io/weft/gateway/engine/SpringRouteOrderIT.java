package io.weft.gateway.engine;

import static io.weft.gateway.engine.RawHttp.get;
import static io.weft.gateway.engine.RawHttp.post;
import static io.weft.gateway.engine.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who is asked first: policy, distributed routes, the mesh's own. */
@Timeout(60)
class SpringRouteOrderIT {

    @RegisterExtension
    static final SpringRouteGateway gateway = new SpringRouteGateway();

    @Test
    void negativeOrderComesBeforeTheMesh_andWhatItDoesNotWantGoesBack() throws IOException {
        gateway.apply(
                route("late").toBackend().order(0).when("Path=/mesh/**,/late").with("AddRequestHeader=X-Test,late"),
                route("early").toBackend().order(-1).when("Path=/mesh/early", "Header=X-Canary").with("AddRequestHeader=X-Test,early"));
        assertThat(gateway.fetch("/mesh/a").body()).contains("x=null").contains("host=a");
        assertThat(gateway.fetch("/late").body()).contains("x=late");
        String canary = "GET /mesh/early HTTP/1.1\r\nHost: a\r\nX-Canary: 1\r\n\r\n";
        assertThat(gateway.ask(canary).body()).contains("x=early").contains("host=backend:80");
        assertThat(gateway.fetch("/mesh/early").body()).contains("x=null").contains("host=a");
        assertThat(gateway.ask(post("/mesh/early", "hello")).body()).contains("host=a").contains("body=5:hello");
        String preflight = "OPTIONS /mesh/early HTTP/1.1\r\nHost: a\r\nOrigin: http://b\r\nAccess-Control-Request-Method: GET\r\n\r\n";
        assertThat(gateway.ask(preflight).body()).as("CORS is the mesh's there").startsWith("OPTIONS /mesh/early host=a");
        gateway.remove("early");
        assertThat(gateway.ask(canary).body()).contains("x=null").contains("host=a");
    }

    @Test
    void policyIsAskedBeforeAllOfThem_andAgainForThePathThatFiltersHaveMade() throws IOException {
        gateway.engine().applyListeners(List.of(MeshResources.denying("/mesh/secret")), List.of());
        int denying = gateway.engine().listeners().get("denying").getPort();
        gateway.apply(
                route("first").toBackend().order(-1).when("Path=/mesh/secret/**"),
                route("sneaky").to("mesh:///").when("Path=/sneaky").with("SetPath=/mesh/secret/x"),
                route("open").to("mesh:///").when("Path=/open").with("SetPath=/mesh/open"));
        int before = gateway.backend().calls.get();
        try (RawHttp client = new RawHttp(denying)) {
            assertThat(client.send(get("/mesh/secret/a")).answer().status()).isEqualTo(403);
            assertThat(client.send(get("/sneaky")).answer().body()).isEqualTo("RBAC: access denied");
            assertThat(gateway.backend().calls).hasValue(before);
            assertThat(client.send(get("/open")).ok()).contains("GET /mesh/open");
        }
        gateway.engine().applyListeners(List.of(), List.of("denying"));
    }

    /** The delay is another's to make, but what stands behind it in the list is not skipped with it. */
    @Test
    void policyBehindADelayIsAsked() throws IOException {
        gateway.engine().applyListeners(List.of(MeshResources.denying("/mesh/secret", MeshResources.delay(Duration.ofSeconds(30)))), List.of());
        int denying = gateway.engine().listeners().get("denying").getPort();
        gateway.apply(route("first").toBackend().order(-1).when("Path=/mesh/**"));
        try (RawHttp client = new RawHttp(denying)) {
            assertThat(client.send(get("/mesh/secret/a")).answer().body()).isEqualTo("RBAC: access denied");
            assertThat(client.send(get("/mesh/b")).ok()).contains("GET /mesh/b");
        }
        gateway.engine().applyListeners(List.of(), List.of("denying"));
    }
}
