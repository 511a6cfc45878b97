package io.weft.pilot.apiserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code k8s/crds} at a real API server: it takes the definitions, what is valid, and refuses the rest with a reason that helps. */
class CustomResourcesIT {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String SERVICES = "/apis/networking.istio.io/%s/namespaces/default/virtualservices/%s";

    @TempDir
    static Path folder;

    static RealApiServer server;

    @BeforeAll
    static void start() {
        assumeTrue(RealApiServer.missing().isEmpty(), "SKIPPED: " + RealApiServer.missing());
        server = RealApiServer.start(folder);
        server.applyDefinitions();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static String service(String version, String name) {
        return """
                apiVersion: networking.istio.io/%s
                kind: VirtualService
                metadata: {name: %s}
                spec: {hosts: [a], gateways: [edge], http: [{route: [{destination: {host: a}}]}]}
                """
                .formatted(version, name);
    }

    @Test
    void definitionsAreEstablished_andTheirSchemasStructural() {
        JsonNode list = JSON.readTree(server.get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions").body());
        assertThat(list.path("items")).hasSize(11).allSatisfy(definition -> {
            List<String> conditions = new ArrayList<>();
            definition.path("status").path("conditions").forEach(each -> conditions.add(each.path("type").asString() + "=" + each.path("status").asString()));
            assertThat(conditions).containsExactlyInAnyOrder("NamesAccepted=True", "Established=True");
        });
    }

    @Test
    void whatMeshPilotReadsIsTaken() throws IOException {
        List<Path> files = new ArrayList<>(List.of(Path.of("../bookinfo-demo/src/test/resources/k8s/every-field.yaml")));
        for (String shipped : List.of("../k8s/bookinfo/networking", "../k8s/httpbin", "../k8s/spring-routes", "src/test/resources/mesh")) {
            try (Stream<Path> found = Files.list(Path.of(shipped))) {
                found.filter(file -> file.toString().endsWith(".yaml") && !file.endsWith("kustomization.yaml")).forEach(files::add);
            }
        }
        List<String> refused = new ArrayList<>();
        int taken = 0;
        for (Path file : files) {
            for (JsonNode object : RealApiServer.documents(Files.readString(file))) {
                // Kubernetes' own kinds are not here.
                if (!object.path("apiVersion").asString().equals("v1")) {
                    String said = server.apply(object);
                    if (!said.isEmpty()) {
                        refused.add(file + ": " + said);
                    }
                    taken++;
                }
            }
        }
        assertThat(refused).isEmpty();
        assertThat(taken).isGreaterThan(90);
    }

    @Test
    void whatItDoesNotReadIsRefused_forItsReason() throws IOException {
        for (JsonNode object : RealApiServer.documents(Files.readString(Path.of("src/test/resources/crds/refused.yaml")))) {
            String reason = object.path("metadata").path("annotations").path("refused").asString();
            assertThat(reason).isNotEmpty();
            assertThat(server.apply(object)).as(object.toString()).contains(reason);
        }
    }

    @Test
    void anUnknownFieldIsRefused() {
        assertThat(server.apply(service("v1", "unknown").replace("http:", "htp:"))).contains(".spec.htp: field not declared in schema");
    }

    @Test
    void everyVersionIsTheSameObject() {
        assertThat(server.apply(service("v1alpha3", "versions"))).isEmpty();
        for (String version : List.of("v1", "v1beta1", "v1alpha3")) {
            JsonNode object = JSON.readTree(server.get(SERVICES.formatted(version, "versions")).body());
            assertThat(object.path("apiVersion").asString()).isEqualTo("networking.istio.io/" + version);
            assertThat(object.path("spec").path("http").path(0).path("route").path(0).path("destination").path("host").asString()).isEqualTo("a");
        }
    }

    @Test
    void statusIsWrittenByItsOwnPath_andSpecDoesNotTouchIt() {
        assertThat(server.apply(service("v1", "status"))).isEmpty();
        String path = SERVICES.formatted("v1", "status");
        String status = "{\"status\": {\"observedGeneration\": 1, \"conditions\": [{\"type\": \"Reconciled\", \"status\": \"True\"}]}}";
        assertThat(server.send(path, "PATCH", status, "application/merge-patch+json").body()).doesNotContain("Reconciled");
        assertThat(server.send(path + "/status", "PATCH", status, "application/merge-patch+json").body()).contains("Reconciled");
        assertThat(server.apply(service("v1", "status"))).isEmpty();
        assertThat(server.get(path).body()).contains("Reconciled");
    }

    @Test
    void operatorsSeeTheColumnsTheyKnow() {
        assertThat(server.apply(service("v1", "columns"))).isEmpty();
        HttpResponse<String> table = server.get(SERVICES.formatted("v1", "columns"), "application/json;as=Table;v=v1;g=meta.k8s.io");
        List<String> columns = new ArrayList<>();
        JSON.readTree(table.body()).path("columnDefinitions").forEach(each -> columns.add(each.path("name").asString()));
        assertThat(columns).containsExactly("Name", "Gateways", "Hosts", "Age");
        assertThat(table.body()).contains("[\\\"edge\\\"]");
    }
}
