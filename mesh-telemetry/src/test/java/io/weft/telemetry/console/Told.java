package io.weft.telemetry.console;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.core.v3.RequestMethod;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPRequestProperties;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPResponseProperties;
import io.envoyproxy.envoy.data.accesslog.v3.ResponseFlags;
import io.envoyproxy.envoy.service.accesslog.v3.AccessLogServiceGrpc;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsResponse;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import io.weft.telemetry.RunningTelemetry;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What proxies tell mesh-telemetry, by the ports and protocols they use: spans by OTLP/HTTP, access logs by Envoy's service. */
final class Told {

    private final RunningTelemetry telemetry;
    private final AccessLogServiceGrpc.AccessLogServiceStub logs;

    Told(RunningTelemetry telemetry) {
        this.telemetry = telemetry;
        this.logs = AccessLogServiceGrpc.newStub(telemetry.plaintext());
    }

    /** A request through the gateway to productpage and on to reviews, which fails or not. */
    void trace(String traceId, int millis, boolean error) {
        ExportTraceServiceRequest request = ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(of("istio-ingressgateway.istio-system", span(traceId, 1, 0, "productpage:9080/*", Span.SpanKind.SPAN_KIND_SERVER, 0, millis)))
                .addResourceSpans(of("productpage.default",
                        span(traceId, 2, 1, "GET /productpage", Span.SpanKind.SPAN_KIND_SERVER, millis / 10, millis * 8 / 10),
                        span(traceId, 3, 2, "reviews.default.svc.cluster.local:9080/*", Span.SpanKind.SPAN_KIND_CLIENT, millis / 4, millis / 2)))
                .addResourceSpans(of("reviews.default",
                        span(traceId, 4, 3, "GET /reviews/" + SmallMesh.HOSTILE, Span.SpanKind.SPAN_KIND_SERVER, millis / 3, millis / 4)
                                .addAttributes(attribute("http.status_code", error ? "503" : "200"))
                                .addAttributes(attribute("user" + SmallMesh.HOSTILE, SmallMesh.HOSTILE))
                                .setStatus(Status.newBuilder().setCodeValue(error ? Status.StatusCode.STATUS_CODE_ERROR_VALUE : 0).setMessage(error ? "no healthy upstream" : ""))))
                .build();
        HttpResponse<String> answer = telemetry.post("/v1/traces", request.toByteArray(), "Content-Type", "application/x-protobuf");
        if (answer.statusCode() != 200) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
    }

    private static ResourceSpans of(String service, Span.Builder... spans) {
        ScopeSpans.Builder scope = ScopeSpans.newBuilder();
        for (Span.Builder span : spans) {
            scope.addSpans(span);
        }
        return ResourceSpans.newBuilder().setResource(Resource.newBuilder().addAttributes(attribute("service.name", service))).addScopeSpans(scope).build();
    }

    private static KeyValue attribute(String name, String value) {
        return KeyValue.newBuilder().setKey(name).setValue(AnyValue.newBuilder().setStringValue(value)).build();
    }

    private static Span.Builder span(String traceId, int id, int parent, String name, Span.SpanKind kind, int offset, int millis) {
        Instant now = Instant.now();
        long start = now.getEpochSecond() * 1_000_000_000L + now.getNano() + offset * 1_000_000L - 2_000_000_000L;
        Span.Builder span = Span.newBuilder()
                .setTraceId(ByteString.copyFrom(HexFormat.of().parseHex(traceId)))
                .setSpanId(spanId(id))
                .setName(name)
                .setKind(kind)
                .setStartTimeUnixNano(start)
                .setEndTimeUnixNano(start + millis * 1_000_000L);
        return parent == 0 ? span : span.setParentSpanId(spanId(parent));
    }

    private static ByteString spanId(int id) {
        return ByteString.copyFrom(new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) id});
    }

    /** Lines of productpage's sidecar about its calls to reviews; waits until they were taken. */
    void log(HTTPAccessLogEntry... lines) throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<Void> taken = new CompletableFuture<>();
        StreamObserver<StreamAccessLogsMessage> stream = logs.streamAccessLogs(new StreamObserver<>() {
            @Override
            public void onNext(StreamAccessLogsResponse response) {}

            @Override
            public void onError(Throwable failure) {
                taken.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                taken.complete(null);
            }
        });
        StreamAccessLogsMessage.Builder message = StreamAccessLogsMessage.newBuilder()
                .setIdentifier(StreamAccessLogsMessage.Identifier.newBuilder()
                        .setNode(Node.newBuilder().setId("sidecar~127.0.0.1~productpage-v1.default~default.svc.cluster.local"))
                        .setLogName("weft"));
        for (HTTPAccessLogEntry line : lines) {
            message.getHttpLogsBuilder().addLogEntry(line);
        }
        stream.onNext(message.build());
        stream.onCompleted();
        taken.get(10, TimeUnit.SECONDS);
    }

    static HTTPAccessLogEntry line(RequestMethod method, String path, int status, String traceId) {
        Instant now = Instant.now();
        AccessLogCommon.Builder common = AccessLogCommon.newBuilder()
                .setStartTime(Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
                .setDuration(Duration.newBuilder().setNanos(12_300_000))
                .setUpstreamCluster("outbound|9080|v2|reviews.default.svc.cluster.local")
                .setRouteName("default");
        if (status == 503) {
            common.setResponseFlags(ResponseFlags.newBuilder().setNoHealthyUpstream(true));
        }
        return HTTPAccessLogEntry.newBuilder()
                .setCommonProperties(common)
                .setProtocolVersion(HTTPAccessLogEntry.HTTPVersion.HTTP11)
                .setRequest(HTTPRequestProperties.newBuilder()
                        .setRequestMethod(method)
                        .setPath(path)
                        .setAuthority("reviews:9080")
                        .setRequestId("11111111-2222")
                        .setUserAgent("curl/8")
                        .putRequestHeaders("traceparent", "00-" + traceId + "-0000000000000001-01"))
                .setResponse(HTTPResponseProperties.newBuilder().setResponseCode(UInt32Value.of(status)).setResponseCodeDetails("via_upstream").setResponseBodyBytes(2048))
                .build();
    }
}
