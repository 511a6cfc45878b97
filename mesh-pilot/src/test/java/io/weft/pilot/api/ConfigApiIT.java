package io.weft.pilot.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.pilot.api.PilotClient.Answer;
import io.weft.pilot.model.VirtualService;
import io.weft.pilot.state.StateStore;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configuration by file and by REST, against a started mesh-pilot. */
class ConfigApiIT {

    private static final String BASE = "/apis/networking.istio.io/v1/namespaces/default/virtualservices";

    @TempDir
    static Path home;

    static PilotClient pilot;

    @BeforeAll
    static void start() throws IOException {
        Files.createDirectories(config());
        pilot = new PilotClient(home, "--weft.pilot.allowed-hosts=pilot.example");
    }

    @AfterAll
    static void stop() {
        pilot.close();
    }

    private static Path config() {
        return home.resolve("config");
    }

    static String service(String name, String timeout) {
        return """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata:
                  name: %s
                spec:
                  hosts: [%s]
                  http:
                  - timeout: %s
                    route:
                    - destination: {host: %s}
                """
                .formatted(name, name, timeout, name);
    }

    @Test
    void savedEditedAndDeletedFile_takesEffect() throws Exception {
        Path file = config().resolve("saved.yaml");
        Files.writeString(file, service("saved", "1s"));
        await().atMost(Duration.ofSeconds(30)).until(() -> pilot.get(BASE + "/saved").status() == 200);
        assertThat(pilot.get(BASE + "/saved").json().at("/spec/http/0/timeout").asString()).isEqualTo("1s");
        Files.writeString(file, service("saved", "2s"));
        await().atMost(Duration.ofSeconds(30)).until(() -> pilot.get(BASE + "/saved").text().contains("\"2s\""));
        await().until(() -> pilot.bean(StateStore.class)
                .current()
                .get(VirtualService.class, "default", "saved")
                .filter(object -> Duration.ofSeconds(2).equals(object.http().get(0).timeout()))
                .isPresent());
        Files.delete(file);
        await().atMost(Duration.ofSeconds(30)).until(() -> pilot.get(BASE + "/saved").status() == 404);
    }

    @Test
    void put_isInForceWhenItReturns_inAllVersionsYamlAndJson() throws Exception {
        Answer created = pilot.putYaml(BASE + "/put", service("put", "1s"));
        assertThat(created.status()).isEqualTo(201);
        assertThat(pilot.bean(StateStore.class).current().get(VirtualService.class, "default", "put")).isPresent();
        assertThat(config().resolve("virtualservices.default.put.yaml")).exists();

        Answer beta = pilot.get(BASE.replace("/v1/", "/v1beta1/") + "/put");
        assertThat(beta.json().at("/apiVersion").asString()).isEqualTo("networking.istio.io/v1beta1");

        Answer yaml = pilot.send(pilot.request(BASE + "/put").header("Accept", "application/yaml").GET());
        assertThat(yaml.response().headers().firstValue("content-type")).hasValue("application/yaml");
        assertThat(yaml.text()).contains("timeout: 1s");

        Answer json = pilot.putJson(BASE + "/put", created.text().replace("\"1s\"", "\"3s\""));
        assertThat(json.status()).isEqualTo(200);
        assertThat(json.json().at("/metadata/generation").asInt()).isEqualTo(2);
        assertThat(json.json().at("/metadata/creationTimestamp"))
                .isEqualTo(created.json().at("/metadata/creationTimestamp"));

        assertThat(pilot.delete(BASE + "/put").status()).isEqualTo(200);
        assertThat(pilot.delete(BASE + "/put").status()).isEqualTo(404);
        assertThat(config().resolve("virtualservices.default.put.yaml")).doesNotExist();
    }

    @Test
    void staleVersion_is409_andWithoutVersionPutReplaces() throws Exception {
        String first = pilot.putYaml(BASE + "/locked", service("locked", "1s")).text();
        String second = pilot.putJson(BASE + "/locked", first.replace("\"1s\"", "\"2s\"")).text();
        Answer stale = pilot.putJson(BASE + "/locked", first.replace("\"1s\"", "\"3s\""));
        assertThat(stale.status()).isEqualTo(409);
        assertThat(stale.json().at("/reason").asString()).isEqualTo("Conflict");
        assertThat(pilot.get(BASE + "/locked").text()).isEqualTo(second);
        assertThat(pilot.putYaml(BASE + "/locked", service("locked", "4s")).status()).isEqualTo(200);
    }

    @Test
    void postOfWhatExists_is409() throws Exception {
        assertThat(post(service("posted", "1s")).status()).isEqualTo(201);
        Answer again = post(service("posted", "2s"));
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.json().at("/reason").asString()).isEqualTo("AlreadyExists");
    }

    private static Answer post(String body) throws IOException, InterruptedException {
        return pilot.send(pilot.request(BASE)
                .header("Content-Type", "application/yaml")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void invalidObject_is422WithFieldValueAndExpectation() throws Exception {
        Answer answer = pilot.putYaml(
                BASE + "/invalid", service("invalid", "1s").replace("timeout: 1s", "retries: {attempts: -1}"));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().at("/kind").asString()).isEqualTo("Status");
        assertThat(answer.json().at("/details/causes/0/field").asString())
                .isEqualTo("spec.http[0].retries.attempts");
        assertThat(answer.json().at("/details/causes/0/message").asString()).isEqualTo("-1 (expected: >= 0)");
        assertThat(pilot.get(BASE + "/invalid").status()).isEqualTo(404);
    }

    @Test
    void nameOrKindOtherThanThePaths_is422() throws Exception {
        assertThat(pilot.putYaml(BASE + "/x", service("y", "1s")).json().at("/details/causes/0/field").asString())
                .isEqualTo("metadata.name");
        String elsewhere = service("x", "1s").replace("name: x", "name: x\n  namespace: other");
        assertThat(pilot.putYaml(BASE + "/x", elsewhere).status()).isEqualTo(422);
        assertThat(pilot.putYaml(
                                BASE + "/x",
                                "{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: x}, spec: {host: a}}")
                        .json()
                        .at("/details/causes/0/field")
                        .asString())
                .isEqualTo("kind");
    }

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(delimiter = '|', value = {
        "application/yaml | 'kind: A\\n  spec: [\\n' | line 2, column 7",
        "application/yaml | 'kind: A\\nkind: B\\n'   | line 2, column 1",
        "application/yaml | 'kind: !evil A\\n'       | line 1, column 7",
        "application/json | '{\"kind\": }'           | line 1, column 1",
    })
    void whatDoesNotParse_is422_andSaysWhere(String type, String text, String where) throws Exception {
        Answer answer = pilot.send(pilot.request(BASE + "/x")
                .header("Content-Type", type)
                .PUT(HttpRequest.BodyPublishers.ofString(text.replace("\\n", "\n"))));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().at("/reason").asString()).isEqualTo("Invalid");
        assertThat(answer.json().at("/details/causes/0/message").asString()).contains(where);
    }

    @Test
    void whatIsNoObject_isRefusedByItsKindOfMistake() throws Exception {
        assertThat(pilot.putYaml(BASE + "/x", "").status()).isEqualTo(400);
        assertThat(pilot.putYaml(BASE + "/x", service("x", "1s") + "---\n" + service("y", "1s")).text())
                .contains("400", "POST /weft/v1/apply takes several");
        assertThat(pilot.putYaml(BASE + "/x", "a: " + "x".repeat(2 << 20)).status()).isEqualTo(413);
        assertThat(pilot.send(pilot.request(BASE + "/x")
                                .header("Content-Type", "text/plain")
                                .PUT(HttpRequest.BodyPublishers.ofString(service("x", "1s"))))
                        .status())
                .isEqualTo(415);
        assertThat(pilot.send(pilot.request(BASE + "/x").header("Accept", "text/html").GET()).status())
                .isEqualTo(406);
        Answer post = pilot.send(pilot.request(BASE + "/x").POST(HttpRequest.BodyPublishers.ofString("{}")));
        assertThat(post.status()).isEqualTo(405);
        assertThat(post.response().headers().firstValue("allow")).hasValue("GET, PUT, PATCH, DELETE");
        assertThat(pilot.get("/apis/networking.istio.io/v7/virtualservices").status()).isEqualTo(404);
        assertThat(pilot.get("/apis/example.com/v1/things").json().at("/kind").asString()).isEqualTo("Status");
    }

    private static Answer patch(String name, String type, String body) throws Exception {
        return pilot.send(pilot.request(BASE + "/" + name)
                .header("Content-Type", type)
                .method("PATCH", HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void mergePatch_changesWhatItSays_andNothingElse() throws Exception {
        String merge = "application/merge-patch+json";
        assertThat(patch("patched", merge, "{\"spec\": {}}").status()).isEqualTo(404);
        String created = pilot.putYaml(BASE + "/patched", service("patched", "1s")).json().at("/metadata/resourceVersion").asString();
        Answer changed = patch("patched", merge, "{\"metadata\": {\"labels\": {\"a\": \"b\"}}, \"spec\": {\"exportTo\": [\".\"]}}");
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.json().at("/spec/exportTo/0").asString()).isEqualTo(".");
        assertThat(changed.json().at("/spec/http/0/timeout").asString()).isEqualTo("1s");
        assertThat(changed.json().at("/metadata/labels/a").asString()).isEqualTo("b");
        assertThat(patch("patched", merge, "{\"spec\": {\"exportTo\": null}}").json().at("/spec/exportTo").isMissingNode()).isTrue();
        Answer stale = patch("patched", merge, "{\"metadata\": {\"resourceVersion\": \"" + created + "\"}, \"spec\": {\"exportTo\": [\"*\"]}}");
        assertThat(stale.status()).isEqualTo(409);
        assertThat(patch("patched", merge, "{\"spec\": {\"host\": []}}").status()).isEqualTo(422);
        assertThat(patch("patched", merge, "{\"metadata\": {\"name\": \"other\"}}").status()).isEqualTo(422);
        assertThat(patch("patched", merge, "[]").status()).isEqualTo(400);
        assertThat(patch("patched", "application/strategic-merge-patch+json", "{}").text()).contains("415", "apply --server-side");
        assertThat(patch("patched", "text/plain", "{}").status()).isEqualTo(415);
    }

    @Test
    void applyPatch_isTheWholeObject() throws Exception {
        String apply = "application/apply-patch+yaml";
        assertThat(patch("applied", apply, service("applied", "1s")).status()).isEqualTo(201);
        assertThat(patch("applied", apply, service("applied", "2s")).json().at("/spec/http/0/timeout").asString()).isEqualTo("2s");
        assertThat(patch("applied", apply, service("other", "2s")).status()).isEqualTo(422);
    }

    @Test
    void lists_areSelectedOrRefused_neverWrong() throws Exception {
        pilot.putYaml(BASE + "/chosen", service("chosen", "1s").replace("name: chosen\n", "name: chosen\n  labels: {team: shop}\n"));
        pilot.putYaml(BASE + "/unchosen", service("unchosen", "1s"));
        for (String query : new String[] {"labelSelector=team%3Dshop", "labelSelector=team==shop", "labelSelector=team", "fieldSelector=metadata.name%3Dchosen"}) {
            assertThat(pilot.get(BASE + "?" + query).text()).as(query).contains("\"chosen\"").doesNotContain("\"unchosen\"");
        }
        assertThat(pilot.get(BASE + "?labelSelector=!team").text()).contains("\"unchosen\"").doesNotContain("\"chosen\"");
        assertThat(pilot.get(BASE + "?labelSelector=team!%3Dshop,!x").text()).contains("\"unchosen\"").doesNotContain("\"chosen\"");
        assertThat(pilot.get(BASE + "?labelSelector=team%20in%20(a)").status()).isEqualTo(400);
        assertThat(pilot.get(BASE + "?fieldSelector=spec.x%3D1").status()).isEqualTo(400);
        assertThat(pilot.get(BASE + "?watch=true").status()).isEqualTo(405);
    }

    @Test
    void discovery_saysWhatThereIs() throws Exception {
        assertThat(pilot.get("/api").json().at("/versions/0").asString()).isEqualTo("v1");
        assertThat(pilot.get("/apis").text()).contains("networking.istio.io", "security.istio.io", "gateway.weft.io");
        assertThat(pilot.get("/apis/networking.istio.io").json().at("/preferredVersion/version").asString()).isEqualTo("v1");
        assertThat(pilot.get("/apis/networking.istio.io/v1beta1").text()).contains("APIResourceList", "\"virtualservices\"", "\"vs\"");
        assertThat(pilot.get("/openapi/v3").text()).contains("/openapi/v3/api/v1");
        assertThat(pilot.get("/openapi/v3/apis/gateway.weft.io/v1alpha1").text()).contains("fieldValidation", "SpringRoute");
        for (String nothing : new String[] {"/apis/x", "/api/v2", "/apis/networking.istio.io/v7", "/openapi/v3/api/v2", "/openapi/v3/x", "/apis/gateway.weft.io/v1alpha1/x"}) {
            assertThat(pilot.get(nothing).status()).as(nothing).isEqualTo(404);
        }
    }

    @Test
    void bodyWithoutLength_isBoundedToo() throws Exception {
        byte[] chunk = "x".repeat(64 << 10).getBytes(StandardCharsets.UTF_8);
        var chunks = java.util.stream.Stream.generate(() -> chunk).limit(40).toList();
        Answer answer = pilot.send(pilot.request(BASE + "/x")
                .header("Content-Type", "application/yaml")
                .PUT(HttpRequest.BodyPublishers.ofByteArrays(chunks)));
        assertThat(answer.status()).isEqualTo(413);
    }

    @Test
    void lists_areByNamespaceAndOverAll() throws Exception {
        pilot.putYaml(BASE + "/listed", service("listed", "1s"));
        String other = BASE.replace("/default/", "/elsewhere/");
        assertThat(pilot.putYaml(other + "/listed", service("listed", "1s")).status()).isEqualTo(201);
        assertThat(pilot.get(other).json().at("/items").size()).isEqualTo(1);
        assertThat(pilot.get(other).json().at("/kind").asString()).isEqualTo("VirtualServiceList");
        assertThat(pilot.get("/apis/networking.istio.io/v1/virtualservices").json().at("/items").size())
                .isGreaterThanOrEqualTo(2);
    }

    @Test
    void coreKinds_areAtTheirOwnPath_andSecretsNeverComeOut() throws Exception {
        String path = "/api/v1/namespaces/default/secrets/s";
        Answer answer = pilot.putYaml(
                path, "{apiVersion: v1, kind: Secret, metadata: {name: s}, stringData: {password: hunter2}}");
        assertThat(answer.status()).isEqualTo(201);
        for (Answer shown : new Answer[] {answer, pilot.get(path), pilot.get("/api/v1/secrets")}) {
            assertThat(shown.text()).contains("password").doesNotContain("hunter2").doesNotContain("aHVudGVyMg");
        }
        assertThat(pilot.putYaml(
                                "/api/v1/namespaces/default/services/web",
                                "{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 80, name: http}]}}")
                        .status())
                .isEqualTo(201);
        assertThat(pilot.get("/weft/v1/services").text()).contains("web.default.svc.cluster.local");
    }

    @Test
    void restWrite_keepsCommentsElsewhere() throws Exception {
        Path file = config().resolve("commented.yaml");
        String tail = "---\n# the   other one\n" + service("other", "1s");
        Files.writeString(file, "# mine\n" + service("mine", "1s") + tail);
        await().atMost(Duration.ofSeconds(30)).until(() -> pilot.get(BASE + "/mine").status() == 200);
        assertThat(pilot.putYaml(BASE + "/mine", service("mine", "9s")).status()).isEqualTo(200);
        assertThat(Files.readString(file)).startsWith("# mine\n").contains("timeout: 9s").endsWith(tail);
        assertThat(pilot.delete(BASE + "/mine").status()).isEqualTo(200);
        assertThat(Files.readString(file)).isEqualTo(tail);
    }

    @Test
    void badFile_isListed_andTheLastGoodStays() throws Exception {
        Path file = config().resolve("bad.yaml");
        Files.writeString(file, service("bad", "1s"));
        await().atMost(Duration.ofSeconds(30)).until(() -> pilot.get(BASE + "/bad").status() == 200);
        Files.writeString(file, service("bad", "1s").replace("destination:", "destinatoin:"));
        await().atMost(Duration.ofSeconds(30)).until(() -> pilot.get("/weft/v1/errors").text().contains("bad.yaml"));
        assertThat(pilot.get("/weft/v1/errors").text())
                .contains("did you mean `destination`?")
                .contains("spec.http[0].route[0].destinatoin")
                .contains("\"lastGoodInForce\":true");
        assertThat(pilot.get(BASE + "/bad").status()).isEqualTo(200);
        assertThat(pilot.putYaml(BASE + "/bad", service("bad", "2s")).status()).isEqualTo(200);
        assertThat(pilot.get("/weft/v1/errors").text()).doesNotContain("bad.yaml");
    }

    @Test
    void dryRun_writesNothing() throws Exception {
        assertThat(pilot.putYaml(BASE + "/dry?dryRun=All", service("dry", "1s")).status()).isEqualTo(201);
        assertThat(pilot.get(BASE + "/dry").status()).isEqualTo(404);
    }

    @Test
    void unknownPage_isAStatusThatNamesThePages() throws Exception {
        Answer answer = pilot.get("/weft/v1/nonsense");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().at("/kind").asString()).isEqualTo("Status");
        assertThat(answer.json().at("/message").asString()).contains("\"/weft/v1/nonsense\"").contains("/weft/v1/apply");
        Answer post = pilot.send(pilot.request("/weft/v1/errors").POST(HttpRequest.BodyPublishers.noBody()));
        assertThat(post.status()).isEqualTo(405);
        assertThat(post.response().headers().firstValue("allow")).hasValue("GET");
        assertThat(post.json().at("/message").asString()).isEqualTo("POST is not allowed here (expected: GET)");
        assertThat(pilot.get("/apis/networking.istio.io/v1/virtualservice").json().at("/message").asString())
                .contains("virtualservices");
    }

    @Test
    void curlsUsers_getJsonInLines_othersWhenTheyAsk() throws Exception {
        pilot.putYaml(BASE + "/pretty", service("pretty", "1s"));
        assertThat(pilot.get(BASE + "/pretty").text().lines()).hasSize(1);
        assertThat(pilot.get(BASE + "/pretty?pretty").text().lines()).hasSizeGreaterThan(10);
        assertThat(pilot.send(pilot.request(BASE + "/pretty").header("User-Agent", "curl/8.5.0").GET()).text().lines())
                .hasSizeGreaterThan(10);
        assertThat(pilot.send(pilot.request(BASE + "/pretty?pretty=false").header("User-Agent", "curl/8.5.0").GET()).text().lines())
                .hasSize(1);
    }

    @Test
    void foreignHost_isRefused_whateverThePath() throws Exception {
        for (String host : new String[] {"evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "10.1.2.3"}) {
            assertThat(statusLine(host, "/weft/v1/services")).as(host).contains(" 403 ");
            assertThat(statusLine(host, "/actuator/health")).as(host).contains(" 403 ");
        }
        for (String host : new String[] {"localhost", "127.0.0.1:" + pilot.port(), "[::1]:80", "LOCALHOST:9", "pilot.example:80"}) {
            assertThat(statusLine(host, "/weft/v1/services")).as(host).contains(" 200 ");
        }
    }

    private static String statusLine(String host, String path) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", pilot.port())) {
            socket.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.lines().findFirst().orElse("") + " ";
        }
    }

    @Test
    void writeFromAForeignOrigin_isRefused() throws Exception {
        for (String origin : new String[] {"http://evil.example", "null", "http://127.0.0.1:1"}) {
            Answer answer = pilot.send(pilot.request(BASE + "/origin")
                    .header("Origin", origin)
                    .header("Content-Type", "application/yaml")
                    .PUT(HttpRequest.BodyPublishers.ofString(service("origin", "1s"))));
            assertThat(answer.status()).as(origin).isEqualTo(403);
        }
        Answer own = pilot.send(pilot.request(BASE + "/origin")
                .header("Origin", "http://127.0.0.1:" + pilot.port())
                .header("Content-Type", "application/yaml")
                .PUT(HttpRequest.BodyPublishers.ofString(service("origin", "1s"))));
        assertThat(own.status()).isEqualTo(201);
    }

    @Test
    void actuator_saysWhatIsThere() throws Exception {
        assertThat(pilot.get("/actuator/health").text()).contains("\"config\"").contains("\"folder\"");
        assertThat(pilot.get("/actuator/health/readiness").text()).contains("\"config\"");
        assertThat(pilot.get("/actuator/prometheus").text())
                .contains("weft_pilot_config_objects")
                .contains("weft_pilot_config_refused")
                .contains("pilot_services ")
                .contains("pilot_virt_services ");
        assertThat(pilot.get("/actuator/info").status()).isEqualTo(200);
        assertThat(pilot.get("/actuator/env").status()).isEqualTo(404);
    }
}
