package io.weft.gateway.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.gateway.springroute.SpringRoutes;
import io.weft.sidecar.listener.Engine;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.FileSystemUtils;

/** A team's gateway with a scripted backend for all tests of a class; the routes of a test go with it. */
final class SpringRouteGateway implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    private @Nullable Path home;
    private @Nullable ScriptedBackend backend;
    private @Nullable ConfigurableApplicationContext gateway;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        home = Files.createTempDirectory("spring-routes");
        backend = new ScriptedBackend();
        gateway = Gateways.start(home, TeamBeans.class);
        MeshResources.apply(engine(), http(), process().ports().get("https-port"), backend.port(), null);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        List<String> names = new ArrayList<>();
        routes().getRoutes().toIterable().forEach(route -> names.add(route.getId()));
        remove(names.toArray(String[]::new));
        assertThat(routes().size()).isZero();
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(engine().active()).isZero());
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        // first, as long as the event loops are there that it shares with the gateway
        if (backend != null) {
            backend.close();
        }
        if (gateway != null) {
            gateway.close();
        }
        FileSystemUtils.deleteRecursively(home);
    }

    private ConfigurableApplicationContext context() {
        return Objects.requireNonNull(gateway, "not started");
    }

    private GatewayProcess process() {
        return context().getBean(GatewayProcess.class);
    }

    ScriptedBackend backend() {
        return Objects.requireNonNull(backend, "not started");
    }

    Engine engine() {
        return process().engine();
    }

    SpringRoutes routes() {
        return context().getBean(SpringRoutes.class);
    }

    /** The mesh's port for clients. */
    int http() {
        return process().ports().get("http-port");
    }

    void apply(Routes... changed) {
        Routes.apply(routes(), changed);
    }

    void remove(String... names) {
        Routes.remove(routes(), names);
    }

    RawHttp.Answer ask(String request) throws IOException {
        try (RawHttp client = new RawHttp(http())) {
            return client.send(request).answer();
        }
    }

    RawHttp.Answer fetch(String path) throws IOException {
        return ask(RawHttp.get(path));
    }

    /** The sum of the request counters that have all these labels. */
    double series(String... labels) {
        double sum = 0;
        for (String line : actuator("/actuator/prometheus").split("\n")) {
            if (line.startsWith("istio_requests_total{") && List.of(labels).stream().allMatch(line::contains)) {
                sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
            }
        }
        return sum;
    }

    String actuator(String path) {
        String port = context().getEnvironment().getRequiredProperty("local.server.port");
        try {
            return HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
