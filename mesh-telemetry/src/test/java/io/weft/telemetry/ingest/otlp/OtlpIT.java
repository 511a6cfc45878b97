package io.weft.telemetry.ingest.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.weft.telemetry.RunningTelemetry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Spans by OTLP, over real sockets. */
class OtlpIT {

    private static final String PROTOBUF = "application/x-protobuf";

    @TempDir
    static Path home;

    private static RunningTelemetry telemetry;
    private static int traces;

    @BeforeAll
    static void start() {
        telemetry = new RunningTelemetry(home);
    }

    @AfterAll
    static void stop() {
        if (telemetry != null) {
            telemetry.close();
        }
    }

    private static String newTrace() {
        return "4bf92f3577b34da6a3ce929d" + String.format("%08x", ++traces);
    }

    private static Span.Builder span(String traceId, String spanId) {
        long now = System.currentTimeMillis() * 1_000_000;
        return Span.newBuilder()
                .setTraceId(ByteString.copyFrom(HexFormat.of().parseHex(traceId)))
                .setSpanId(ByteString.copyFrom(HexFormat.of().parseHex(spanId)))
                .setName("GET /reviews")
                .setKind(Span.SpanKind.SPAN_KIND_SERVER)
                .setStartTimeUnixNano(now - 5_000_000)
                .setEndTimeUnixNano(now);
    }

    private static ExportTraceServiceRequest export(String service, Span.Builder... spans) {
        ScopeSpans.Builder scope = ScopeSpans.newBuilder();
        for (Span.Builder span : spans) {
            scope.addSpans(span);
        }
        return ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(ResourceSpans.newBuilder()
                        .setResource(Resource.newBuilder().addAttributes(attribute("service.name", service)))
                        .addScopeSpans(scope))
                .build();
    }

    private static KeyValue attribute(String key, String value) {
        return KeyValue.newBuilder().setKey(key).setValue(AnyValue.newBuilder().setStringValue(value)).build();
    }

    private static ExportTraceServiceResponse send(ManagedChannel channel, ExportTraceServiceRequest request) {
        return TraceServiceGrpc.newBlockingStub(channel).export(request);
    }

    @Test
    void aSpanOverPlaintextGrpc_isShown() {
        String trace = newTrace();
        ExportTraceServiceResponse answer = send(
                telemetry.plaintext(),
                export("reviews.default", span(trace, "00f067aa0ba902b7").addAttributes(attribute("http.method", "GET"))));

        assertThat(answer.hasPartialSuccess()).isFalse();
        JsonNode shown = telemetry.json("/weft/v1/traces/" + trace).path("spans").path(0);
        assertThat(shown.path("service").asString()).isEqualTo("reviews.default");
        assertThat(shown.path("kind").asString()).isEqualTo("SERVER");
        assertThat(shown.path("parentId").isNull()).isTrue();
        assertThat(shown.path("duration").asDouble()).isEqualTo(5.0);
        assertThat(shown.path("attributes").path("http.method").asString()).isEqualTo("GET");
        assertThat(telemetry.json("/weft/v1/traces?service=reviews").path("items").toString()).contains(trace);
        assertThat(telemetry.json("/weft/v1/traces?service=nobody").path("items")).isEmpty();
    }

    @Test
    void overTls_aWorkloadSpeaksForItsNamespaceOnly() throws Exception {
        ManagedChannel reviews = telemetry.tls(RunningTelemetry.PKI.workload("default", "bookinfo-reviews"));
        String trace = newTrace();

        assertThat(send(reviews, export("reviews.default", span(trace, "00f067aa0ba902b7"))).hasPartialSuccess()).isFalse();
        ExportTraceServiceResponse answer =
                send(reviews, export("istio-ingressgateway.istio-system", span(trace, "00f067aa0ba902b8")));

        assertThat(answer.getPartialSuccess().getRejectedSpans()).isEqualTo(1);
        assertThat(answer.getPartialSuccess().getErrorMessage())
                .isEqualTo("service \"istio-ingressgateway.istio-system\" from spiffe://cluster.local/ns/default/sa/bookinfo-reviews"
                        + " (expected: one of its namespace)");
        assertThat(telemetry.json("/weft/v1/traces/" + trace).path("spans")).hasSize(1);
    }

    @Test
    void overTls_nobodyIsHeardWithoutACertificateOfTheMesh() throws Exception {
        ExportTraceServiceRequest request = export("reviews.default", span(newTrace(), "00f067aa0ba902b7"));

        assertThatThrownBy(() -> send(telemetry.tls(null), request))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        ManagedChannel foreign =
                telemetry.tls(RunningTelemetry.PKI.workloadOf("other.domain", "default", "bookinfo-reviews"));
        assertThatThrownBy(() -> send(foreign, request))
                .hasMessage("UNAUTHENTICATED: trust domain other.domain (expected: cluster.local)");
    }

    @Test
    void badSpans_areCountedAndToldWhileGoodOnesAreKept() {
        String trace = newTrace();
        long inAYear = (System.currentTimeMillis() + 31_536_000_000L) * 1_000_000;
        ExportTraceServiceResponse answer = send(
                telemetry.plaintext(),
                export(
                        "reviews.default",
                        span(trace, "00f067aa0ba902b7"),
                        span("0".repeat(32), "00f067aa0ba902b8"),
                        span(trace, "00f067"),
                        span(trace, "00f067aa0ba902b9").setEndTimeUnixNano(1),
                        span(trace, "00f067aa0ba902ba").setStartTimeUnixNano(inAYear).setEndTimeUnixNano(inAYear)));

        assertThat(answer.getPartialSuccess().getRejectedSpans()).isEqualTo(4);
        assertThat(answer.getPartialSuccess().getErrorMessage())
                .startsWith("trace id \"" + "0".repeat(32) + "\" (expected: 32 lower-case hexadecimal digits");
        assertThat(telemetry.json("/weft/v1/traces/" + trace).path("spans")).hasSize(1);
        assertThat(telemetry.json("/weft/v1/status").path("spans").path("dropped").path("timestamp").asLong()).isEqualTo(2);
    }

    @Test
    void attributes_areCutInNumberAndLength() {
        String trace = newTrace();
        Span.Builder span = span(trace, "00f067aa0ba902b7");
        for (int i = 0; i < 200; i++) {
            span.addAttributes(attribute("key" + i, "x".repeat(10_000)));
        }
        send(telemetry.plaintext(), export("reviews.default", span));

        JsonNode attributes = telemetry.json("/weft/v1/traces/" + trace).path("spans").path(0).path("attributes");
        assertThat(attributes.size()).isEqualTo(65);
        assertThat(attributes.path("key0").asString()).hasSize(1024);
        assertThat(attributes.path("otel.dropped_attributes_count").asString()).isEqualTo("136");
    }

    @Test
    void aMessageThatIsTooLarge_isRefused() {
        Span.Builder span = span(newTrace(), "00f067aa0ba902b7").addAttributes(attribute("key", "x".repeat(5_000_000)));

        assertThatThrownBy(() -> send(telemetry.plaintext(), export("reviews.default", span)))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void protobufOverHttp_isTakenPackedOrNot(boolean packed) throws Exception {
        String trace = newTrace();
        byte[] body = export("details.default", span(trace, "00f067aa0ba902b7")).toByteArray();
        HttpResponse<String> answer = packed
                ? telemetry.post("/v1/traces", gzip(body), "Content-Type", PROTOBUF, "Content-Encoding", "gzip")
                : telemetry.post("/v1/traces", body, "Content-Type", PROTOBUF);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains(PROTOBUF);
        assertThat(telemetry.json("/weft/v1/traces/" + trace).path("spans")).hasSize(1);
    }

    @Test
    void jsonOverHttp_hasHexadecimalIds() {
        String trace = newTrace();
        long now = System.currentTimeMillis() * 1_000_000;
        String body = """
                {"resourceSpans": [{"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "productpage.default"}}]},
                  "scopeSpans": [{"scope": {"name": "x"}, "spans": [
                    {"traceId": "%s", "spanId": "00f067aa0ba902b7", "parentSpanId": "", "name": "GET /productpage", "kind": 3,
                     "startTimeUnixNano": "%d", "endTimeUnixNano": "%d", "status": {"code": 2, "message": "it broke"},
                     "attributes": [{"key": "n", "value": {"intValue": "7"}}, {"key": "l", "value": {"arrayValue": {"values": [{"boolValue": true}, {"doubleValue": 0.5}]}}}]},
                    {"traceId": "%s", "spanId": "zz"}]}]}]}
                """
                .formatted(trace, now - 1_000_000, now, trace);

        assertThat(telemetry.post("/v1/traces", body.getBytes(StandardCharsets.UTF_8), "Content-Type", "application/json").statusCode())
                .isEqualTo(400);
        String good = body.replace("\"zz\"", "\"00\"");
        HttpResponse<String> answer =
                telemetry.post("/v1/traces", good.getBytes(StandardCharsets.UTF_8), "Content-Type", "application/json");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"rejectedSpans\":\"1\"").contains("span id");
        JsonNode shown = telemetry.json("/weft/v1/traces/" + trace).path("spans").path(0);
        assertThat(shown.path("kind").asString()).isEqualTo("CLIENT");
        assertThat(shown.path("error").asBoolean()).isTrue();
        assertThat(shown.path("status").asString()).isEqualTo("it broke");
        assertThat(shown.path("attributes").path("n").asString()).isEqualTo("7");
        assertThat(shown.path("attributes").path("l").asString()).isEqualTo("[true, 0.5]");
    }

    @Test
    void aBodyThatUnpacksIntoTooMuch_isRefused() throws Exception {
        byte[] bomb = gzip(new byte[50_000_000]);
        assertThat(bomb.length).isLessThan(100_000);

        assertThat(telemetry.post("/v1/traces", bomb, "Content-Type", PROTOBUF, "Content-Encoding", "gzip").statusCode())
                .isEqualTo(413);
        assertThat(telemetry.post("/v1/traces", new byte[5_000_000], "Content-Type", PROTOBUF).statusCode()).isEqualTo(413);
    }

    @Test
    void whatDoesNotRead_is400_andWhatNobodyKnows415() {
        byte[] garbage = {(byte) 0xff, 1, 2, 3};
        assertThat(telemetry.post("/v1/traces", garbage, "Content-Type", PROTOBUF).statusCode()).isEqualTo(400);
        assertThat(telemetry.post("/v1/traces", garbage, "Content-Type", "application/json").statusCode()).isEqualTo(400);
        assertThat(telemetry.post("/v1/traces", garbage, "Content-Type", "text/plain").statusCode()).isEqualTo(415);
        assertThat(telemetry.post("/v1/traces", garbage, "Content-Type", PROTOBUF, "Content-Encoding", "gzip").statusCode())
                .isEqualTo(400);
        assertThat(telemetry.post("/v1/traces", garbage, "Content-Type", PROTOBUF, "Content-Encoding", "br").statusCode())
                .isEqualTo(415);
        byte[] deep = ("[".repeat(100_000) + "]".repeat(100_000)).getBytes(StandardCharsets.US_ASCII);
        assertThat(telemetry.post("/v1/traces", deep, "Content-Type", "application/json").statusCode()).isEqualTo(400);
    }

    private static byte[] gzip(byte[] body) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(body);
        }
        return out.toByteArray();
    }
}
