package io.weft.telemetry.ingest.zipkin;

import static org.assertj.core.api.Assertions.assertThat;

import io.weft.telemetry.RunningTelemetry;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Spans by Zipkin's JSON, over real sockets. */
class ZipkinIT {

    @TempDir
    static Path home;

    private static RunningTelemetry telemetry;

    @BeforeAll
    static void start() {
        telemetry = new RunningTelemetry(home, "weft.telemetry.tls-port=-1");
    }

    @AfterAll
    static void stop() {
        if (telemetry != null) {
            telemetry.close();
        }
    }

    private static HttpResponse<String> send(String json) {
        return telemetry.post("/api/v2/spans", json.getBytes(StandardCharsets.UTF_8), "Content-Type", "application/json");
    }

    private static String span(String trace, String id, String more) {
        return "{\"traceId\": \"" + trace + "\", \"id\": \"" + id + "\", \"name\": \"get\", \"timestamp\": "
                + System.currentTimeMillis() * 1000 + ", \"duration\": 1500, \"localEndpoint\": {\"serviceName\": \"reviews\"}" + more + "}";
    }

    @Test
    void clientAndServerThatShareAnId_areTwoSpansOneBelowTheOther() {
        String trace = "463ac35c9f6413ad";
        HttpResponse<String> answer = send("[" + span(trace, "a2fb4a1d1a96d312", ", \"kind\": \"CLIENT\"") + ","
                + span(trace, "a2fb4a1d1a96d312", ", \"kind\": \"SERVER\", \"shared\": true, \"tags\": {\"error\": \"500\"}") + ","
                + span(trace, "b2fb4a1d1a96d312", ", \"parentId\": \"a2fb4a1d1a96d312\"") + "]");

        assertThat(answer.statusCode()).isEqualTo(202);
        JsonNode spans = telemetry.json("/weft/v1/traces/0000000000000000" + trace).path("spans");
        assertThat(spans).hasSize(3);
        assertThat(spans.path(1).path("kind").asString()).isEqualTo("SERVER");
        assertThat(spans.path(1).path("parentId").asString()).isEqualTo("a2fb4a1d1a96d312");
        assertThat(spans.path(1).path("error").asBoolean()).isTrue();
        assertThat(spans.path(2).path("parentId").asString()).isEqualTo("a2fb4a1d1a96d312:server");
        assertThat(spans.path(0).path("duration").asDouble()).isEqualTo(1.5);
        JsonNode listed = telemetry.json("/weft/v1/traces?error=true&minDuration=1ms").path("items").path(0);
        assertThat(listed.path("spans").asInt()).isEqualTo(3);
        assertThat(telemetry.json("/weft/v1/traces?minDuration=10s").path("items")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            463AC35C9F6413AD463AC35C9F6413AD | a2fb4a1d1a96d312 |                       | trace id
            463ac35c9f64                     | a2fb4a1d1a96d312 |                       | trace id
            463ac35c9f6413ad463ac35c9f6413ad | a2fb4a1d1a96d31x |                       | span id
            463ac35c9f6413ad463ac35c9f6413ad | 0000000000000000 |                       | span id
            463ac35c9f6413ad463ac35c9f6413ad | a2fb4a1d1a96d312 | , "parentId": "x"     | parent id
            463ac35c9f6413ad463ac35c9f6413ad | a2fb4a1d1a96d312 | , "kind": "BOSS"      | kind
            463ac35c9f6413ad463ac35c9f6413ad | a2fb4a1d1a96d312 | , "kind": 1           | kind
            463ac35c9f6413ad463ac35c9f6413ad | a2fb4a1d1a96d312 | , "timestamp": -1     | timestamp
            463ac35c9f6413ad463ac35c9f6413ad | a2fb4a1d1a96d312 | , "timestamp": 5      | start
            """)
    void oneBadSpan_andNoneIsTaken(String trace, String id, String more, String named) {
        String good = span("463ac35c9f6413ad463ac35c9f6413ff", "c2fb4a1d1a96d312", "");

        HttpResponse<String> answer = send("[" + good + "," + span(trace, id, more == null ? "" : more) + "]");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("[1]").contains(named).contains("expected");
        assertThat(telemetry.get("/weft/v1/traces/463ac35c9f6413ad463ac35c9f6413ff").statusCode()).isEqualTo(404);
    }

    @Test
    void whatIsNoList_is400() {
        assertThat(send("{}").statusCode()).isEqualTo(400);
        assertThat(send("[").statusCode()).isEqualTo(400);
        assertThat(send("[1]").statusCode()).isEqualTo(400);
        assertThat(send("").statusCode()).isEqualTo(400);
        assertThat(send("[]").statusCode()).isEqualTo(202);
    }

    @Test
    void whatWouldUnfoldIntoMuchMore_isRefused() {
        HttpResponse<String> answer = send("[" + "{},".repeat(400_000) + "{}]");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).contains("Token count");
        assertThat(send("[]").statusCode()).isEqualTo(202);
    }

    @Test
    void theLongestDuration_canBeAskedFor() {
        assertThat(telemetry.json("/weft/v1/traces?minDuration=999999999m").path("items")).isEmpty();
    }

    @Test
    void aPageFromElsewhere_sendsNothing() {
        byte[] body = "[]".getBytes(StandardCharsets.UTF_8);

        assertThat(telemetry.post("/api/v2/spans", body, "Content-Type", "application/json", "Origin", "http://evil.example").statusCode())
                .isEqualTo(403);
        assertThat(telemetry.get("/weft/v1/logs", "Host", "evil.example").statusCode()).isEqualTo(403);
        assertThat(telemetry.get("/actuator/prometheus", "Host", "evil.example:80").statusCode()).isEqualTo(403);
    }
}
