package io.weft.pilot.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.weft.pilot.api.PilotClient.Answer;
import io.weft.pilot.model.Kind;
import io.weft.pilot.model.ObjectMeta;
import io.weft.pilot.model.VirtualService;
import io.weft.pilot.model.WorkloadEntry;
import io.weft.pilot.model.WorkloadSpec;
import io.weft.pilot.registry.WorkloadRegistry;
import io.weft.pilot.state.StateStore;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code POST /weft/v1/apply} and {@code /weft/v1/delete} against a started mesh-pilot. */
class ApplyApiIT {

    private static final String APPLY = "/weft/v1/apply";
    private static final String DELETE = "/weft/v1/delete";
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String VIRTUAL_SERVICES = "/apis/networking.istio.io/v1/namespaces/default/virtualservices/";
    private static final Path DEMO = Path.of("..", "k8s", "bookinfo", "networking");

    @TempDir
    static Path home;

    static PilotClient pilot;

    @BeforeAll
    static void start() throws IOException {
        Files.createDirectories(config());
        pilot = new PilotClient(home);
    }

    @AfterAll
    static void stop() {
        pilot.close();
    }

    private static Path config() {
        return home.resolve("config");
    }

    private static Answer post(String path, String body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = pilot.request(path).POST(HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return pilot.send(request);
    }

    /** As {@code curl --data-binary @FILE} sends it. */
    private static Answer curl(String path, String body) throws IOException, InterruptedException {
        return post(path, body, "Content-Type", FORM, "Accept", "*/*");
    }

    private static Answer json(String path, String body) throws IOException, InterruptedException {
        return post(path, body, "Content-Type", "application/yaml", "Accept", "application/json");
    }

    private static String service(String name, String timeout) {
        return ConfigApiIT.service(name, timeout);
    }

    private static Optional<VirtualService> inForce(String name) {
        return pilot.bean(StateStore.class).current().get(VirtualService.class, "default", name);
    }

    @Test
    void bookinfosRulesByIdentity_replaceThoseForEverybody() throws Exception {
        String all = Files.readString(DEMO.resolve("virtual-service-all-v1.yaml"));
        Files.writeString(config().resolve("virtual-service-all-v1.yaml"), all);
        await().atMost(Duration.ofSeconds(30)).until(() -> pilot.get(VIRTUAL_SERVICES + "reviews").status() == 200);

        String test = Files.readString(DEMO.resolve("virtual-service-reviews-test-v2.yaml"));
        Answer answer = curl(APPLY, test);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).isEqualTo("virtualservice.networking.istio.io/reviews configured\n");
        assertThat(inForce("reviews").orElseThrow().http()).hasSize(2);
        assertThat(config().resolve("virtual-service-all-v1.yaml")).content().contains("jason").contains("name: ratings");
        assertThat(pilot.get("/weft/v1/errors").text()).doesNotContain("reviews");

        assertThat(curl(APPLY, test).text()).isEqualTo("virtualservice.networking.istio.io/reviews unchanged\n");
        assertThat(curl(APPLY, all).text().lines())
                .containsExactlyInAnyOrder(
                        "virtualservice.networking.istio.io/productpage unchanged",
                        "virtualservice.networking.istio.io/reviews configured",
                        "virtualservice.networking.istio.io/ratings unchanged",
                        "virtualservice.networking.istio.io/details unchanged");
        assertThat(curl(DELETE, all).text()).contains("virtualservice.networking.istio.io/details deleted\n");
        assertThat(config().resolve("virtual-service-all-v1.yaml")).doesNotExist();
        assertThat(inForce("details")).isEmpty();
    }

    @Test
    void newObjects_getAFileEach_andTheAnswerNamesThemAsAsked() throws Exception {
        Answer answer = json(APPLY, service("first", "1s") + "---\n" + service("second", "1s").replace("name: second", "name: second\n  namespace: other"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text())
                .isEqualTo("{\"items\":[{\"kind\":\"VirtualService\",\"namespace\":\"default\",\"name\":\"first\",\"result\":\"created\"},"
                        + "{\"kind\":\"VirtualService\",\"namespace\":\"other\",\"name\":\"second\",\"result\":\"created\"}]}");
        assertThat(inForce("first")).isPresent();
        assertThat(config().resolve("virtualservices.default.first.yaml")).exists();
        assertThat(config().resolve("virtualservices.other.second.yaml")).exists();
        assertThat(post(APPLY, service("first", "1s"), "Content-Type", "text/yaml", "Accept", "application/yaml").text())
                .contains("result: unchanged");
    }

    @Test
    void oneRefusedDocument_keepsAllOut_andEachCauseNamesItsDocument() throws Exception {
        Answer answer = json(
                APPLY,
                service("fine", "1s") + "---\n" + service("bad", "-1s") + "---\n# only a comment\n---\na: [\n---\nkind: Pod\n---\n"
                        + service("fine", "2s"));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json().at("/kind").asString()).isEqualTo("Status");
        assertThat(answer.json().at("/message").asString()).startsWith("nothing applied: documents[1].spec.http[0].timeout: -1s");
        assertThat(answer.json().at("/details/causes").findValuesAsString("field"))
                .contains("documents[1].spec.http[0].timeout", "documents[2]", "documents[3].kind", "documents[4].metadata.name");
        assertThat(pilot.get(VIRTUAL_SERVICES + "fine").status()).isEqualTo(404);
        assertThat(config().resolve("virtualservices.default.fine.yaml")).doesNotExist();
    }

    @Test
    void seenVersion_isHonoured_andAStaleOneKeepsAllOut() throws Exception {
        String first = pilot.putYaml(VIRTUAL_SERVICES + "versioned", service("versioned", "1s"))
                .json()
                .at("/metadata/resourceVersion")
                .asString();
        String guarded = service("versioned", "2s").replace("name: versioned", "name: versioned\n  resourceVersion: " + first);
        assertThat(json(APPLY, guarded).json().at("/items/0/result").asString()).isEqualTo("configured");
        Answer stale = json(APPLY, service("beside", "1s") + "---\n" + guarded.replace("2s", "3s"));
        assertThat(stale.status()).isEqualTo(409);
        assertThat(stale.json().at("/message").asString()).contains("VirtualService default/versioned has been changed");
        assertThat(pilot.get(VIRTUAL_SERVICES + "beside").status()).isEqualTo(404);
        assertThat(pilot.putYaml(VIRTUAL_SERVICES + "versioned", guarded).status()).isEqualTo(409);
        // To delete, only the name counts.
        assertThat(json(DELETE, guarded).json().at("/items/0/result").asString()).isEqualTo("deleted");
    }

    @Test
    void delete_takesOnlyNames_andSaysWhatWasNotThere() throws Exception {
        json(APPLY, service("gone", "1s"));
        String named = "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: gone}, spec: {hots: 7}}\n---\n";
        Answer answer = curl(DELETE, named + named + service("never", "1s"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text())
                .isEqualTo("virtualservice.networking.istio.io/gone deleted\nvirtualservice.networking.istio.io/never not found\n");
        assertThat(inForce("gone")).isEmpty();
        Answer nameless = json(DELETE, service("x", "1s") + "---\nkind: VirtualService\nspec: {}\n");
        assertThat(nameless.status()).isEqualTo(422);
        assertThat(nameless.json().at("/message").asString()).startsWith("nothing deleted: documents[1].");
    }

    @Test
    void deleteOfAnObjectInTwoFiles_bringsNoOtherIntoForce() throws Exception {
        Files.writeString(config().resolve("two-a.yaml"), service("two", "1s"));
        await().atMost(Duration.ofSeconds(30)).until(() -> inForce("two").isPresent());
        Files.writeString(config().resolve("two-b.yaml"), "# kept\n" + service("other-of-two", "1s") + "---\n" + service("two", "2s"));
        await().atMost(Duration.ofSeconds(30)).until(() -> pilot.get("/weft/v1/errors").text().contains("already defined in two-a.yaml"));
        assertThat(curl(DELETE, service("two", "1s")).text()).endsWith("/two deleted\n");
        assertThat(inForce("two")).isEmpty();
        assertThat(config().resolve("two-b.yaml")).hasContent("# kept\n" + service("other-of-two", "1s"));
        assertThat(pilot.get("/weft/v1/errors").text()).doesNotContain("two-a");
    }

    @Test
    void list_isExpanded_inABodyAndInAFile_andItsItemsCanBeChanged() throws Exception {
        String list = """
                apiVersion: v1
                kind: List
                metadata: {resourceVersion: ""}
                items:
                - {apiVersion: v1, kind: Service, metadata: {name: listed}, spec: {ports: [{port: 80, name: http}]}}
                - {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: listed}, spec: {hosts: [listed], http: [{timeout: 1s, route: [{destination: {host: listed}}]}]}}
                """;
        assertThat(curl(APPLY, list).text())
                .isEqualTo("service/listed created\nvirtualservice.networking.istio.io/listed created\n");
        assertThat(curl(DELETE, list).text()).contains("service/listed deleted");
        Files.writeString(config().resolve("list.yaml"), "# mine\n" + list + "---\n" + service("after-list", "1s"));
        await().atMost(Duration.ofSeconds(30)).until(() -> inForce("listed").isPresent());
        assertThat(curl(APPLY, service("listed", "5s")).text()).endsWith("/listed configured\n");
        assertThat(inForce("listed").orElseThrow().http().get(0).timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config().resolve("list.yaml")).content().startsWith("# mine\n").contains("kind: List").endsWith(service("after-list", "1s"));
        assertThat(pilot.delete(VIRTUAL_SERVICES + "listed").status()).isEqualTo(200);
        assertThat(pilot.get("/api/v1/namespaces/default/services/listed").status()).isEqualTo(200);
        assertThat(json(APPLY, list.replace("timeout: 1s", "timeout: x")).json().at("/details/causes/0/field").asString())
                .isEqualTo("documents[0].items[1].spec.http[0].timeout");
        assertThat(json(APPLY, "{kind: List, items: 3}").json().at("/message").asString())
                .contains("documents[0]: items: not a list (expected: a list of objects)");
    }

    @Test
    void whatGetAnswersWith_canBeAppliedAgain() throws Exception {
        json(APPLY, service("again", "1s"));
        String all = pilot.get("/apis/networking.istio.io/v1/virtualservices").text();
        Answer answer = post(APPLY, all, "Content-Type", "application/json");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text()).contains("/again unchanged").doesNotContain("configured").doesNotContain("created");
    }

    @ParameterizedTest
    @CsvSource({
        "application/json,                  200",
        "application/yaml,                  200",
        "text/yaml;charset=utf-8,           200",
        "application/x-www-form-urlencoded, 200",
        "'',                                200",
        "text/plain,                        415",
        "multipart/form-data,               415",
        "nonsense,                          415"
    })
    void contentTypes(String type, int status) throws Exception {
        String json = "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"typed\"},\"spec\":{\"ports\":[{\"port\":80,\"name\":\"http\"}]}}";
        Answer answer = type.isEmpty() ? post(APPLY, json) : post(APPLY, json, "Content-Type", type);
        assertThat(answer.status()).isEqualTo(status);
    }

    @Test
    void jsonDocuments_mayFollowEachOther_andHaveLongLines() throws Exception {
        String one = "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"one\",\"annotations\":{\"a\":\"%s\"}},\"spec\":{\"ports\":[{\"port\":80,\"name\":\"http\"}]}}";
        String both = one.formatted("x".repeat(100_000)) + one.replace("\"one\"", "\"two\"").formatted("");
        assertThat(post(APPLY, both, "Content-Type", "application/json").text()).isEqualTo("service/one created\nservice/two created\n");
        assertThat(curl(APPLY, both).text()).isEqualTo("service/one unchanged\nservice/two unchanged\n");
        Answer broken = post(APPLY, "{\"kind\": \"Service\"}\n}", "Content-Type", "application/json", "Accept", "application/json");
        assertThat(broken.status()).isEqualTo(422);
        assertThat(broken.json().at("/details/causes/0/message").asString()).contains("not valid JSON", "line 2, column");
    }

    @Test
    void bodiesOutOfBounds_areRefused() throws Exception {
        assertThat(json(APPLY, "").status()).isEqualTo(400);
        assertThat(json(APPLY, "# nothing\n---\n").json().at("/message").asString()).contains("--data-binary");
        assertThat(json(APPLY, "a: " + "x".repeat(2 << 20)).status()).isEqualTo(413);
        assertThat(json(APPLY, "---\na: 1\n".repeat(1001)).json().at("/message").asString()).contains("at most 1000");
        assertThat(json(APPLY, "kind: List\nitems:\n" + "- {}\n".repeat(1001)).status()).isEqualTo(422);
        assertThat(json(APPLY, "kind: List\nitems:\n" + "- {}\n".repeat(600) + "---\nkind: List\nitems:\n" + "- {}\n".repeat(600)).status())
                .isEqualTo(400);
        Answer many = json(APPLY, "---\nkind: Pod\n".repeat(1000));
        assertThat(many.status()).isEqualTo(422);
        assertThat(many.text()).hasSizeLessThan(40_000).contains("and 97 more");
        Answer get = pilot.get(APPLY);
        assertThat(get.status()).isEqualTo(405);
        assertThat(get.response().headers().firstValue("allow")).hasValue("POST");
        assertThat(post(APPLY, service("x", "1s"), "Accept", "text/html").status()).isEqualTo(406);
    }

    @Test
    void aThousandObjects_areAppliedAndDeletedAtOnce() throws Exception {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            many.append("---\n").append(service("many-" + i, "1s"));
        }
        Files.writeString(config().resolve("many.yaml"), many);
        await().atMost(Duration.ofSeconds(20)).until(() -> inForce("many-999").isPresent());
        assertThat(curl(APPLY, many.toString().replace("1s", "2s")).text().lines()).hasSize(1000).allMatch(line -> line.endsWith(" configured"));
        assertThat(curl(DELETE, many.toString()).text().lines()).hasSize(1000).allMatch(line -> line.endsWith(" deleted"));
        assertThat(config().resolve("many.yaml")).doesNotExist();
    }

    @Test
    void fileSentWithoutItsLines_isToldApart() throws Exception {
        String lost = service("lost", "1s").replace("\n", "");
        assertThat(curl(APPLY, lost).json().at("/message").asString()).endsWith("by --data-binary @FILE, not by -d)");
        assertThat(curl(APPLY, "{kind: Pod}").text()).doesNotContain("--data-binary");
    }

    @Test
    void redactedSecret_isNotPutBack() throws Exception {
        String secret = "{apiVersion: v1, kind: Secret, metadata: {name: hidden}, stringData: {password: hunter2}}";
        assertThat(curl(APPLY, secret).text()).isEqualTo("secret/hidden created\n");
        assertThat(curl(APPLY + "?dryRun", secret).text()).isEqualTo("secret/hidden unchanged (dry run)\n");
        String shown = pilot.get("/api/v1/namespaces/default/secrets/hidden").text();
        Answer back = curl(APPLY, shown);
        assertThat(back.status()).isEqualTo(422);
        assertThat(back.text()).contains("documents[0].stringData.password").doesNotContain("hunter2");
    }

    @Test
    void dryRun_saysWhatWouldHappen() throws Exception {
        assertThat(curl(APPLY + "?dryRun=All", service("dry", "1s")).text())
                .isEqualTo("virtualservice.networking.istio.io/dry created (dry run)\n");
        assertThat(pilot.get(VIRTUAL_SERVICES + "dry").status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Origin: http://evil.example", "Origin: null", "Origin: http://127.0.0.1:1", "Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"})
    void formOfAForeignPage_isRefused(String header) throws Exception {
        String[] parts = header.split(": ");
        for (String path : new String[] {APPLY, DELETE}) {
            Answer answer = post(path, service("foreign", "1s"), "Content-Type", FORM, parts[0], parts[1]);
            assertThat(answer.status()).isEqualTo(403);
        }
        assertThat(pilot.get(VIRTUAL_SERVICES + "foreign").status()).isEqualTo(404);
    }

    @Test
    void ownPage_mayWrite() throws Exception {
        Answer answer = post(
                APPLY + "?dryRun", service("own", "1s"), "Origin", "http://127.0.0.1:" + pilot.port(), "Sec-Fetch-Site", "same-origin");
        assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    void entryThatRegisteredItself_isNotDeletedOverRest() throws Exception {
        WorkloadEntry entry = new WorkloadEntry(
                ObjectMeta.of(Kind.WORKLOAD_ENTRY, "default", "reviews-127.0.0.1-4711"),
                new WorkloadSpec("127.0.0.1", Map.of("http", 4711), Map.of("app", "reviews"), null, null, null, "bookinfo-reviews"));
        pilot.bean(WorkloadRegistry.class).register(entry);
        String path = "/apis/networking.istio.io/v1/namespaces/default/workloadentries/reviews-127.0.0.1-4711";
        await().atMost(Duration.ofSeconds(30)).until(() -> pilot.get(path).status() == 200);
        Answer answer = pilot.delete(path);
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().at("/message").asString()).contains("was registered by its own proxy");
        assertThat(json(DELETE, pilot.get(path).text()).status()).isEqualTo(409);
        assertThat(pilot.get(path).status()).isEqualTo(200);
        pilot.bean(WorkloadRegistry.class).unregister("default", entry.name());
        await().atMost(Duration.ofSeconds(30)).until(() -> pilot.delete(path).status() == 404);
    }
}
