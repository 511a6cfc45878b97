package io.weft.demo.httpbin;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.demo.app.RunningApp;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class HttpbinIT {

    private static RunningApp app;

    @BeforeAll
    static void start() {
        app = RunningApp.start(HttpbinApplication.builder());
    }

    @AfterAll
    static void stop() {
        app.close();
    }

    @Test
    void getShowsArgsHeadersOriginAndUrl() {
        JsonNode shown = app.json(
                "/get?a=1&b=2&b=3&c=",
                "host", "httpbin.example.com",
                "x-request-id", "r1",
                "x-forwarded-client-cert", "By=spiffe://a;URI=spiffe://b",
                "x-forwarded-proto", "https");
        assertThat(shown.get("args").toString()).isEqualTo("{\"a\":\"1\",\"b\":[\"2\",\"3\"],\"c\":\"\"}");
        assertThat(shown.at("/headers/X-Request-Id").asString()).isEqualTo("r1");
        assertThat(shown.at("/headers/X-Forwarded-Client-Cert").asString()).isEqualTo("By=spiffe://a;URI=spiffe://b");
        assertThat(shown.get("origin").asString()).isEqualTo("127.0.0.1");
        assertThat(shown.get("url").asString()).isEqualTo("https://httpbin.example.com/get?a=1&b=2&b=3&c=");
        assertThat(shown.has("data")).isFalse();
    }

    @Test
    void postShowsJson() {
        JsonNode shown = RunningApp.json(app.post("/post", "application/json", "{\"a\": [1, 2]}"));
        assertThat(shown.get("data").asString()).isEqualTo("{\"a\": [1, 2]}");
        assertThat(shown.get("json").toString()).isEqualTo("{\"a\":[1,2]}");
        assertThat(shown.get("form").isEmpty()).isTrue();
    }

    @Test
    void postShowsTextThatIsNotJson() {
        JsonNode shown = RunningApp.json(app.post("/post", "text/plain", "hello"));
        assertThat(shown.get("data").asString()).isEqualTo("hello");
        assertThat(shown.get("json").isNull()).isTrue();
    }

    @Test
    void postShowsAForm() {
        JsonNode shown = RunningApp.json(app.post("/post", "application/x-www-form-urlencoded", "a=1&b=x+y&b=z"));
        assertThat(shown.get("form").toString()).isEqualTo("{\"a\":\"1\",\"b\":[\"x y\",\"z\"]}");
        assertThat(shown.get("data").asString()).isEmpty();
    }

    @Test
    void postShowsFiles() {
        String body = "--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
                + "--X\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.txt\"\r\nContent-Type: text/plain\r\n\r\ntext\r\n--X--\r\n";
        JsonNode shown = RunningApp.json(app.post("/post", "multipart/form-data; boundary=X", body));
        assertThat(shown.get("form").toString()).isEqualTo("{\"a\":\"1\"}");
        assertThat(shown.get("files").toString()).isEqualTo("{\"f\":\"text\"}");
    }

    @Test
    void binaryIsShownAsBase64() {
        HttpRequest put = HttpRequest.newBuilder(app.uri("/put"))
                .PUT(HttpRequest.BodyPublishers.ofByteArray(new byte[] {(byte) 0xff, 0}))
                .build();
        assertThat(RunningApp.json(app.send(put)).get("data").asString())
                .isEqualTo("data:application/octet-stream;base64,/wA=");
    }

    @Test
    void aBodyThatIsTooLargeIsRefused() throws Exception {
        // On a connection of its own: the server closes it.
        HttpRequest post = HttpRequest.newBuilder(app.uri("/post"))
                .POST(HttpRequest.BodyPublishers.ofString("x".repeat(BodyReader.LARGEST + 1)))
                .build();
        assertThat(HttpClient.newHttpClient().send(post, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT /put", "PATCH /patch", "DELETE /delete", "OPTIONS /anything/x", "POST /anything/a/b", "GET /anything"})
    void everyMethodHasItsPath(String methodAndPath) {
        String[] words = methodAndPath.split(" ");
        HttpResponse<String> answer = app.send(HttpRequest.newBuilder(app.uri(words[1]))
                .method(words[0], HttpRequest.BodyPublishers.noBody())
                .build());
        assertThat(answer.statusCode()).isEqualTo(200);
        if (words[1].startsWith("/anything")) {
            assertThat(RunningApp.json(answer).get("method").asString()).isEqualTo(words[0]);
        }
    }

    @Test
    void theWrongMethodAndTheUnknownPathAreRefused() {
        assertThat(app.get("/post").statusCode()).isEqualTo(405);
        assertThat(app.get("/nothing-here").statusCode()).isEqualTo(404);
    }

    @Test
    void headersIpAndUserAgent() {
        assertThat(app.json("/headers", "x-a", "1").at("/headers/X-A").asString()).isEqualTo("1");
        assertThat(app.json("/ip", "x-forwarded-for", "10.1.2.3").get("origin").asString()).isEqualTo("10.1.2.3");
        assertThat(app.json("/user-agent", "user-agent", "me").get("user-agent").asString()).isEqualTo("me");
    }

    @Test
    void statusIsWhatWasAskedFor() {
        assertThat(app.get("/status/418").statusCode()).isEqualTo(418);
        assertThat(app.get("/status/200:0,503").statusCode()).isEqualTo(503);
        HttpResponse<String> moved = app.get("/status/302");
        assertThat(moved.headers().firstValue("location")).contains("/redirect/1");
        HttpResponse<String> denied = app.get("/status/401");
        assertThat(denied.headers().firstValue("www-authenticate")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "100", "700", "200:-1", "200:x", "200,", "200:0"})
    void aStatusThatIsNoneIsRefused(String codes) {
        HttpResponse<String> answer = app.get("/status/" + codes);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("Invalid status code");
    }

    @Test
    void delayWaits() {
        long before = System.nanoTime();
        JsonNode shown = app.json("/delay/0.4");
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(390));
        assertThat(shown.get("url").asString()).endsWith("/delay/0.4");
        assertThat(app.get("/delay/-1").statusCode()).isEqualTo(400);
        assertThat(app.get("/delay/x").statusCode()).isEqualTo(400);
    }

    @Test
    void bytesHaveTheSizeAndTheSeedDecides() {
        byte[] first = bytes("/bytes/1000?seed=7");
        assertThat(first).hasSize(1000).isEqualTo(bytes("/bytes/1000?seed=7"));
        assertThat(first).isNotEqualTo(bytes("/bytes/1000?seed=8"));
        assertThat(bytes("/bytes/999999")).hasSize(100 * 1024);
        assertThat(app.get("/bytes/-1").statusCode()).isEqualTo(400);
    }

    @Test
    void streamSendsLines() {
        String[] lines = app.get("/stream/3?a=b").body().split("\n");
        assertThat(lines).hasSize(3);
        assertThat(lines[2]).contains("\"id\":2").contains("\"a\":\"b\"");
        assertThat(app.get("/stream/1000").body().split("\n")).hasSize(100);
    }

    @Test
    void gzipIsPacked() throws Exception {
        HttpResponse<byte[]> answer = app.send(
                HttpRequest.newBuilder(app.uri("/gzip")).build(), HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.headers().firstValue("content-encoding")).contains("gzip");
        try (GZIPInputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
            assertThat(new String(unpacked.readAllBytes(), StandardCharsets.UTF_8)).contains("\"gzipped\" : true");
        }
    }

    @Test
    void cookiesAreSetAndShown() {
        HttpResponse<String> set = app.get("/cookies/set?a=1");
        assertThat(set.statusCode()).isEqualTo(302);
        assertThat(set.headers().firstValue("location")).contains("/cookies");
        assertThat(set.headers().firstValue("set-cookie")).contains("a=1; Path=/");
        assertThat(app.json("/cookies", "cookie", "a=1; b=2").toString()).isEqualTo("{\"cookies\":{\"a\":\"1\",\"b\":\"2\"}}");
        assertThat(app.get("/cookies/set?a=1%0d%0ax").statusCode()).isEqualTo(400);
    }

    @Test
    void redirectsCountDown() {
        assertThat(app.get("/redirect/3").headers().firstValue("location")).contains("/redirect/2");
        assertThat(app.get("/redirect/1").headers().firstValue("location")).contains("/get");
        assertThat(app.get("/redirect/0").statusCode()).isEqualTo(400);
    }

    @Test
    void basicAuthWantsTheRightOnes() {
        String right = "Basic " + Base64.getEncoder().encodeToString("u:p".getBytes(StandardCharsets.UTF_8));
        assertThat(app.json("/basic-auth/u/p", "authorization", right).get("authenticated").asBoolean()).isTrue();
        assertThat(app.get("/basic-auth/u/other", "authorization", right).statusCode()).isEqualTo(401);
        assertThat(app.get("/basic-auth/u/p").headers().firstValue("www-authenticate")).isPresent();
    }

    @Test
    void htmlJsonAndHealth() {
        assertThat(app.get("/html").headers().firstValue("content-type").orElseThrow()).startsWith("text/html");
        assertThat(app.json("/json").at("/slideshow/slides/1/title").asString()).isEqualTo("Overview");
        assertThat(app.get("/health").statusCode()).isEqualTo(200);
        assertThat(app.get("/actuator/health").statusCode()).isEqualTo(200);
    }

    private static byte[] bytes(String path) {
        return app.send(HttpRequest.newBuilder(app.uri(path)).build(), HttpResponse.BodyHandlers.ofByteArray())
                .body();
    }
}
