package io.weft.pilot.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.weft.api.gateway.v1alpha1.SpringRoute;
import io.weft.pilot.MeshYaml;
import io.weft.pilot.api.PilotClient;
import io.weft.pilot.api.PilotClient.Answer;
import io.weft.pilot.generate.ResourceType;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** SpringRoutes by file and REST, to gateways over ADS, against a started mesh-pilot. */
class SpringRoutesIT {

    private static final String OBJECTS = "/apis/gateway.weft.io/v1alpha1/namespaces/default/springroutes";
    private static final String ROUTES = "/weft/v1/routes";
    private static final String REVIEWS = "outbound|9080||reviews.default.svc.cluster.local";
    private static final Map<String, List<String>> FILTERS =
            Map.of("AddRequestHeader", List.of("name", "value"), "StripPrefix", List.of("parts"));

    @TempDir
    Path home;

    private final List<ManagedChannel> channels = new ArrayList<>();
    private PilotClient pilot;

    @BeforeEach
    void start() throws Exception {
        Files.createDirectories(home.resolve("config"));
        Files.writeString(home.resolve("config/bookinfo.yaml"), MeshYaml.file("bookinfo.yaml"));
        pilot = new PilotClient(home);
    }

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        pilot.close();
    }

    private ManagedChannel channel() {
        ManagedChannel channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1", pilot.bean(XdsServers.class).plaintextPort())
                .usePlaintext()
                .maxInboundMessageSize(16 << 20)
                .build();
        channels.add(channel);
        return channel;
    }

    private static Node gateway(String name, Map<String, List<String>> filters) {
        Struct.Builder offered = Struct.newBuilder();
        filters.forEach((filter, args) -> offered.putFields(filter, struct(Struct.newBuilder().putFields("args", list(args)).putFields("names", list(args)))));
        Struct.Builder paths = Struct.newBuilder()
                .putFields(
                        "Path",
                        struct(Struct.newBuilder()
                                .putFields("args", list(List.of("patterns", "matchTrailingSlash")))
                                .putFields("shortcut", Value.newBuilder().setStringValue("GATHER_LIST_TAIL_FLAG").build())));
        return Node.newBuilder()
                .setId("router~127.0.0.1~" + name + ".istio-system~istio-system.svc.cluster.local")
                .setMetadata(Struct.newBuilder()
                        .putFields("LABELS", struct(Struct.newBuilder().putFields("istio", Value.newBuilder().setStringValue(name).build())))
                        .putFields("WEFT_EXTENSIONS", list(List.of("spring-routes")))
                        .putFields(
                                "WEFT_SPRING",
                                struct(Struct.newBuilder().putFields("predicates", struct(paths)).putFields("filters", struct(offered)))))
                .build();
    }

    private static Value struct(Struct.Builder struct) {
        return Value.newBuilder().setStructValue(struct).build();
    }

    private static Value list(List<String> strings) {
        ListValue.Builder values = ListValue.newBuilder();
        strings.forEach(each -> values.addValues(Value.newBuilder().setStringValue(each)));
        return Value.newBuilder().setListValue(values).build();
    }

    /** Connected, and holding what there is now. */
    private DeltaClient connected(Node node) {
        DeltaClient client = new DeltaClient(channel(), node);
        client.subscribe(ResourceType.SPRING_ROUTE);
        client.expectAndAck(ResourceType.SPRING_ROUTE);
        return client;
    }

    private static String object(String name, String spec) {
        return """
                apiVersion: gateway.weft.io/v1alpha1
                kind: SpringRoute
                metadata: {name: %s}
                spec:
                """.formatted(name) + spec.indent(2);
    }

    private Answer send(String method, String path, String json) throws Exception {
        return pilot.send(
                pilot.request(path).header("Content-Type", "application/json").method(method, BodyPublishers.ofString(json)));
    }

    private Answer apply(String yaml) throws Exception {
        return pilot.send(pilot.request("/weft/v1/apply").header("Content-Type", "application/yaml").POST(BodyPublishers.ofString(yaml)));
    }

    private static SpringRoute route(DeltaDiscoveryResponse response) throws Exception {
        return response.getResources(0).getResource().unpack(SpringRoute.class);
    }

    @Test
    void byFileByRestByApplyAndByActuatorsShape_theyReachTheGateway_andGoAgain() throws Exception {
        DeltaClient gateway = connected(gateway("ingress", FILTERS));

        Files.writeString(home.resolve("config/one.yaml"), object("one", "uri: lb://reviews:9080\npredicates: [Path=/one]"));
        SpringRoute one = route(gateway.expectAndAck(ResourceType.SPRING_ROUTE));
        assertThat(one.getName()).isEqualTo("default/one");
        assertThat(one.getCluster()).isEqualTo(REVIEWS);

        assertThat(pilot.putYaml(OBJECTS + "/two", object("two", "uri: mesh:///\nfilters: [StripPrefix=1]")).status()).isEqualTo(201);
        assertThat(route(gateway.expectAndAck(ResourceType.SPRING_ROUTE)).getId()).isEqualTo("two");

        assertThat(apply(object("three", "uri: mesh:///\norder: -1")).status()).isEqualTo(200);
        assertThat(route(gateway.expectAndAck(ResourceType.SPRING_ROUTE)).getOrder()).isEqualTo(-1);

        Answer created = send("POST", ROUTES, "{\"id\": \"Four\", \"uri\": \"forward:/x\", \"predicates\": [{\"name\": \"Path\", \"args\": {\"_genkey_0\": \"/four\"}}]}");
        assertThat(created.status()).isEqualTo(201);
        SpringRoute four = route(gateway.expectAndAck(ResourceType.SPRING_ROUTE));
        assertThat(four.getId()).isEqualTo("Four");
        assertThat(four.getPredicates(0).getArgsMap()).isEqualTo(Map.of("_genkey_0", "/four"));

        assertThat(pilot.get(ROUTES).json().findValuesAsString("route_id")).containsExactly("three", "one", "two", "Four");
        assertThat(pilot.get(ROUTES + "?namespace=istio-system").json().findValuesAsString("route_id")).containsExactly("Four");

        assertThat(pilot.delete(ROUTES + "/Four").status()).isEqualTo(200);
        assertThat(gateway.expectAndAck(ResourceType.SPRING_ROUTE).getRemovedResourcesList()).containsExactly(four.getName());
        Files.delete(home.resolve("config/one.yaml"));
        assertThat(gateway.expectAndAck(ResourceType.SPRING_ROUTE).getRemovedResourcesList()).containsExactly("default/one");
    }

    @Test
    void aFilterThatNoGatewayHas_isRefusedEveryWay_withTheNearMatch() throws Exception {
        assertThat(send("POST", ROUTES, "{\"id\": \"early\", \"uri\": \"mesh:///\", \"filters\": [\"Nonsense\"]}").json().at("/weft/checked").asBoolean())
                .as("nobody has said what there is")
                .isFalse();
        connected(gateway("ingress", FILTERS));
        String spec = "uri: mesh:///\nfilters: [StripPrefix=1, 'AddRequestHeadr=a,b']";

        Answer rest = pilot.putYaml(OBJECTS + "/bad", object("bad", spec));
        assertThat(rest.status()).isEqualTo(422);
        assertThat(rest.json().at("/details/causes/0/field").asString()).isEqualTo("spec.filters[1].name");
        assertThat(rest.json().at("/details/causes/0/message").asString())
                .contains("there is no filter \"AddRequestHeadr\"", "`AddRequestHeader`", "istio-system/ingress");

        Answer apply = apply(object("good", "uri: mesh:///") + "---\n" + object("bad", spec));
        assertThat(apply.status()).isEqualTo(422);
        assertThat(apply.json().at("/details/causes/0/field").asString()).isEqualTo("documents[1].spec.filters[1].name");
        assertThat(pilot.get(OBJECTS + "/good").status()).as("all or none").isEqualTo(404);

        Answer actuator = send("POST", ROUTES, "{\"id\": \"bad\", \"uri\": \"mesh:///\", \"filters\": [{\"name\": \"StripPrefix\", \"args\": {\"part\": \"1\"}}]}");
        assertThat(actuator.status()).isEqualTo(422);
        assertThat(actuator.json().at("/details/causes/0/field").asString()).isEqualTo("filters[0].args.part");
        assertThat(actuator.text()).contains("did you mean `parts`?");

        Files.writeString(home.resolve("config/bad.yaml"), object("bad", spec));
        await().untilAsserted(() -> assertThat(pilot.get("/weft/v1/errors").text()).contains("AddRequestHeadr", "bad.yaml"));
        assertThat(pilot.get(OBJECTS + "/bad").status()).isEqualTo(404);

        connected(gateway("other", Map.of("AddRequestHeadr", List.of("a", "b"), "StripPrefix", List.of("parts"))));
        await().untilAsserted(() -> assertThat(pilot.get(OBJECTS + "/bad").status()).as("somebody has it now").isEqualTo(200));
        assertThat(pilot.get("/weft/v1/errors").json()).isEmpty();
    }

    @Test
    void aBadChange_leavesTheLastGoodInForce_alsoOverARestart() throws Exception {
        DeltaClient gateway = connected(gateway("ingress", FILTERS));
        Path file = home.resolve("config/books.yaml");
        Files.writeString(file, object("books", "uri: mesh:///\nfilters: [StripPrefix=1]"));
        gateway.expectAndAck(ResourceType.SPRING_ROUTE);
        Files.writeString(file, object("books", "uri: mesh:///\nfilters: [StripPrefx=2]"));
        await().untilAsserted(() -> assertThat(pilot.get("/weft/v1/errors").text()).contains("StripPrefx", "\"lastGoodInForce\":true"));
        assertThat(pilot.get(ROUTES + "/books").text()).contains("\"_genkey_0\":\"1\"");
        await().until(() -> Files.exists(home.resolve("pilot/gateways.json")));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("pilot/gateways.json")))).isEqualTo("rw-------");

        stop();
        pilot = new PilotClient(home);
        assertThat(pilot.get("/weft/v1/errors").text()).as("no gateway is back yet").contains("StripPrefx");
        assertThat(pilot.get(ROUTES + "/books").text()).contains("\"_genkey_0\":\"1\"", "\"connected\":false", "\"checked\":true");
        assertThat(pilot.putYaml(OBJECTS + "/x", object("x", "uri: mesh:///\nfilters: [StripPrefx=2]")).status()).isEqualTo(422);
    }

    @Test
    void aGatewayThatLacksIt_doesNotGetIt_andTheStatusSaysSo() throws Exception {
        DeltaClient with = connected(gateway("with", FILTERS));
        DeltaClient without = connected(gateway("without", Map.of()));
        assertThat(pilot.putYaml(OBJECTS + "/strip", object("strip", "uri: mesh:///\nfilters: [StripPrefix=1]")).status()).isEqualTo(201);
        assertThat(DeltaClient.names(with.expectAndAck(ResourceType.SPRING_ROUTE))).containsExactly("default/strip");
        assertThat(without.next(Duration.ofMillis(300))).isNull();
        JsonNode gateways = pilot.get(ROUTES + "/strip").json().at("/weft/gateways");
        assertThat(gateways).hasSize(2);
        for (JsonNode each : gateways) {
            boolean lacks = each.get("name").asString().equals("istio-system/without");
            assertThat(each.get("missing").size()).isEqualTo(lacks ? 1 : 0);
            assertThat(each.get("connected").asBoolean()).isTrue();
        }
    }

    @Test
    void aClusterThatARouteUses_goesAfterTheRoute() throws Exception {
        Path service = home.resolve("config/extra.yaml");
        String extra = "outbound|80||extra.default.svc.cluster.local";
        Files.writeString(service, "apiVersion: v1\nkind: Service\nmetadata: {name: extra}\nspec: {ports: [{name: http, port: 80}]}\n");
        assertThat(apply(object("extra", "uri: lb://extra")).status()).isEqualTo(200);
        await().untilAsserted(() -> assertThat(pilot.get(ROUTES + "/extra").text()).doesNotContain("there is no service"));
        DeltaClient gateway = new DeltaClient(channel(), gateway("ingress", FILTERS));
        gateway.subscribe(ResourceType.CLUSTER);
        assertThat(DeltaClient.names(gateway.expectAndAck(ResourceType.CLUSTER))).contains(extra);
        gateway.subscribe(ResourceType.SPRING_ROUTE);
        gateway.expectAndAck(ResourceType.SPRING_ROUTE);

        String both = "apiVersion: v1\nkind: Service\nmetadata: {name: extra}\n---\n" + object("extra", "uri: lb://extra");
        assertThat(pilot.send(pilot.request("/weft/v1/delete").POST(BodyPublishers.ofString(both))).status()).isEqualTo(200);

        DeltaDiscoveryResponse route = gateway.expect(ResourceType.SPRING_ROUTE);
        assertThat(route.getRemovedResourcesList()).containsExactly("default/extra");
        assertThat(gateway.next(Duration.ofMillis(300))).as("the route may still use it").isNull();
        gateway.ack(route);
        assertThat(gateway.expectAndAck(ResourceType.CLUSTER).getRemovedResourcesList()).containsExactly(extra);
    }

    @Test
    void aRejection_isShown() throws Exception {
        DeltaClient gateway = connected(gateway("ingress", FILTERS));
        apply(object("late", "uri: mesh:///\npredicates: [Path=/late]"));
        gateway.nack(gateway.expect(ResourceType.SPRING_ROUTE), "default/late: no such date");
        await().untilAsserted(() -> assertThat(pilot.get("/weft/v1/proxies").text())
                .contains("weft.gateway.v1alpha1.SpringRoute\",\"status\":\"STALE\"", "default/late: no such date"));
        assertThat(pilot.get("/actuator/prometheus").text()).contains("pilot_xds_srds_reject");
    }

    @Test
    void stateOfTheWorld_saysEverythingEachTime() throws Exception {
        apply(object("one", "uri: mesh:///"));
        SotwClient gateway = new SotwClient(channel(), gateway("ingress", FILTERS));
        gateway.subscribe(ResourceType.SPRING_ROUTE);
        DiscoveryResponse first = gateway.expect(ResourceType.SPRING_ROUTE);
        assertThat(first.getResourcesCount()).isEqualTo(1);
        gateway.ack(first);
        apply(object("two", "uri: mesh:///"));
        DiscoveryResponse second = gateway.expect(ResourceType.SPRING_ROUTE);
        assertThat(second.getResourcesCount()).isEqualTo(2);
        gateway.ack(second);
        pilot.delete(ROUTES + "/one");
        assertThat(gateway.expect(ResourceType.SPRING_ROUTE).getResources(0).unpack(SpringRoute.class).getName()).isEqualTo("default/two");
    }

    @Test
    void fiveHundredRoutes_comeWhole_andAChangeOfOneIsOne() throws Exception {
        DeltaClient gateway = connected(gateway("ingress", FILTERS));
        StringBuilder routes = new StringBuilder();
        for (int i = 0; i < 500; i++) {
            routes.append("---\n").append(object("r" + i, "uri: lb://reviews\npredicates: [Path=/r" + i + "/**]\nfilters: [StripPrefix=1]\n"));
        }
        assertThat(apply(routes.toString()).status()).isEqualTo(200);
        Set<String> names = new TreeSet<>();
        while (names.size() < 500) {
            gateway.expectAndAck(ResourceType.SPRING_ROUTE).getResourcesList().stream().map(Resource::getName).forEach(names::add);
        }
        assertThat(apply(object("r7", "uri: lb://reviews\npredicates: [Path=/seven]\n")).status()).isEqualTo(200);
        assertThat(DeltaClient.names(gateway.expectAndAck(ResourceType.SPRING_ROUTE))).containsExactly("default/r7");
        assertThat(pilot.get(ROUTES).json()).hasSize(500);
    }

    @Test
    void actuatorsShape_isWholeCrud() throws Exception {
        Answer created = send("POST", ROUTES + "/shop?namespace=default", "{\"uri\": \"lb://reviews:9080\", \"filters\": [\"StripPrefix=1\"], \"order\": 2, \"metadata\": {\"a\": 1}}");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.response().headers().firstValue("Location")).contains("/weft/v1/routes/shop?namespace=default");
        JsonNode shown = pilot.get("/weft/v1/routes/shop?namespace=default").json();
        assertThat(shown.get("route_id").asString()).isEqualTo("shop");
        assertThat(shown.get("order").asInt()).isEqualTo(2);
        assertThat(shown.at("/filters/0/args/_genkey_0").asString()).isEqualTo("1");
        assertThat(shown.at("/weft/cluster").asString()).isEqualTo(REVIEWS);
        assertThat(Files.readString(home.resolve("config/springroutes.default.shop.yaml"))).contains("kind: SpringRoute", "lb://reviews:9080");

        assertThat(send("POST", ROUTES, "{\"id\": \"shop\", \"uri\": \"mesh:///\"}").status()).isEqualTo(409);
        assertThat(send("POST", ROUTES + "/shop", "{\"uri\": \"mesh:///\"}").text()).contains("AlreadyExists", "SpringRoute default/shop");
        Answer back = send("PUT", ROUTES + "/shop", shown.toString());
        assertThat(back.status()).as("what is shown can be written").isEqualTo(200);
        assertThat(back.json().get("filters")).isEqualTo(shown.get("filters"));
        assertThat(send("PUT", ROUTES + "/shop", back.text()).json()).as("and changes nothing").isEqualTo(back.json());
        assertThat(send("PUT", ROUTES + "/shop", "{\"uri\": \"mesh:///\"}").json().get("order").asInt()).isZero();
        assertThat(send("PUT", ROUTES + "/shop", shown.toString()).text()).as("an old version").contains("has been changed");
        assertThat(send("PUT", ROUTES + "/fresh", "{\"uri\": \"mesh:///\"}").status()).isEqualTo(201);
        assertThat(pilot.get(ROUTES + "/fresh").json().at("/weft/namespace").asString()).isEqualTo("istio-system");
        assertThat(send("PUT", ROUTES + "/draft?dryRun", "{\"uri\": \"mesh:///\"}").status()).isEqualTo(201);
        assertThat(pilot.get(ROUTES + "/draft").status()).isEqualTo(404);

        assertThat(pilot.delete(ROUTES + "/shop?namespace=other").status()).isEqualTo(404);
        assertThat(pilot.delete(ROUTES + "/shop").status()).isEqualTo(200);
        assertThat(pilot.get(ROUTES + "/shop").status()).isEqualTo(404);
        assertThat(home.resolve("config/springroutes.default.shop.yaml")).doesNotExist();
    }

    @Test
    void actuatorsShape_takesLists_allOrNone_andIdsThatAreNoNames() throws Exception {
        Answer two = send("POST", ROUTES, "[{\"id\": \"My_Route\", \"uri\": \"mesh:///\"}, {\"route_id\": \"b\", \"uri\": \"mesh:///\"}]");
        assertThat(two.status()).isEqualTo(201);
        assertThat(two.json()).hasSize(2);
        assertThat(two.json().at("/0/weft/name").asString()).startsWith("my-route-");
        assertThat(pilot.get(ROUTES + "/My_Route").status()).isEqualTo(200);
        Answer one = send("POST", ROUTES, "[{\"id\": \"c\", \"uri\": \"mesh:///\"}, {\"id\": \"d\", \"uri\": \"mesh://x\"}]");
        assertThat(one.status()).isEqualTo(422);
        assertThat(one.json().at("/details/causes/0/field").asString()).isEqualTo("[1].uri");
        assertThat(pilot.get(ROUTES + "/c").status()).isEqualTo(404);
        Answer twice = send("POST", ROUTES, "[{\"id\": \"e\", \"uri\": \"mesh:///\"}, {\"id\": \"e\", \"uri\": \"mesh:///\"}]");
        assertThat(twice.status()).isEqualTo(422);
        assertThat(twice.text()).contains("is the id of SpringRoute istio-system/e");
    }

    @Test
    void actuatorsShape_refusals() throws Exception {
        assertThat(send("POST", ROUTES, "{\"uri\": \"mesh:///\"}").text()).contains("422", "id: missing");
        assertThat(send("POST", ROUTES, "{\"id\": 7, \"uri\": \"mesh:///\"}").text()).contains("422", "a string");
        assertThat(send("POST", ROUTES, "{\"id\": \"a\", \"route_id\": \"b\", \"uri\": \"mesh:///\"}").text()).contains("422", "as `id` says");
        assertThat(send("PUT", ROUTES + "/a", "{\"id\": \"b\", \"uri\": \"mesh:///\"}").text()).contains("422", "as in the path");
        assertThat(send("POST", ROUTES, "{\"id\": \"a\", \"uri\": \"mesh:///\", \"filter\": []}").text()).contains("\"field\":\"filter\"", "did you mean `filters`?");
        assertThat(send("POST", ROUTES, "{\"id\": \"a b\", \"uri\": \"mesh:///\"}").text()).contains("422", "\"field\":\"id\"");
        assertThat(send("POST", ROUTES, "{\"id\": \"a\", \"uri\": \"mesh:///\", \"filters\": [\"A=#{x}\"]}").text()).contains("422", "never evaluate SpEL");
        assertThat(send("POST", ROUTES, "[]").status()).isEqualTo(400);
        assertThat(send("POST", ROUTES, "7").status()).isEqualTo(400);
        assertThat(send("POST", ROUTES, "{").text()).contains("422", "line 1, column");
        assertThat(send("PUT", ROUTES + "/a", "[{\"uri\": \"mesh:///\"}]").status()).isEqualTo(400);
        assertThat(pilot.get(ROUTES + "?namespace=A_b").status()).isEqualTo(400);
        Answer patch = send("PATCH", ROUTES + "/a", "{}");
        assertThat(patch.status()).isEqualTo(405);
        assertThat(patch.response().headers().firstValue("Allow")).contains("GET, POST, PUT, DELETE");
        assertThat(send("DELETE", ROUTES, "").status()).isEqualTo(405);
        assertThat(pilot.send(pilot.request(ROUTES).POST(BodyPublishers.ofString("{}"))).status()).isEqualTo(415);
        assertThat(pilot.send(pilot.request(ROUTES).header("Origin", "http://evil.example").header("Content-Type", "application/json").POST(BodyPublishers.ofString("{}"))).status())
                .isEqualTo(403);
    }

    @Test
    void badMetadata_endsTheStream() {
        Node node = gateway("ingress", FILTERS).toBuilder()
                .setMetadata(Struct.newBuilder().putFields("WEFT_SPRING", Value.newBuilder().setStringValue("x").build()))
                .build();
        DeltaClient client = new DeltaClient(channel(), node);
        client.subscribe(ResourceType.SPRING_ROUTE);
        assertThat(client.ended().getDescription()).contains("node.metadata.WEFT_SPRING: STRING_VALUE (expected: a struct)");
    }
}
