package io.weft.telemetry.ingest.otlp;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.weft.telemetry.ingest.Uploads;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import reactor.core.publisher.Mono;

/** {@code POST /v1/traces}: OTLP over HTTP, in protobuf or JSON, packed by gzip or not. The answer is in the language of the question. */
@RestController
final class OtlpHttp {

    private static final MediaType PROTOBUF = MediaType.valueOf("application/x-protobuf");

    private final OtlpSpans spans;
    private final Uploads uploads;

    OtlpHttp(OtlpSpans spans, Uploads uploads) {
        this.spans = spans;
        this.uploads = uploads;
    }

    @PostMapping("/v1/traces")
    Mono<ResponseEntity<byte[]>> traces(ServerHttpRequest request) {
        boolean json = isJson(request);
        return uploads.read(request, body -> json ? takeJson(body) : takeProtobuf(body));
    }

    private ResponseEntity<byte[]> takeJson(byte[] body) {
        ExportTraceServiceRequest export;
        try {
            export = OtlpJson.read(body);
        } catch (IllegalArgumentException e) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, e.getMessage(), e);
        }
        return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(OtlpJson.write(spans.take(export, null)));
    }

    private ResponseEntity<byte[]> takeProtobuf(byte[] body) {
        ExportTraceServiceResponse response;
        try {
            response = spans.take(ExportTraceServiceRequest.parseFrom(body), null);
        } catch (InvalidProtocolBufferException e) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "no ExportTraceServiceRequest: " + e.getMessage(), e);
        }
        return ResponseEntity.ok().contentType(PROTOBUF).body(response.toByteArray());
    }

    private static boolean isJson(ServerHttpRequest request) {
        MediaType type = Uploads.type(request);
        if (type != null && type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON)) {
            return true;
        }
        if (type != null && type.equalsTypeAndSubtype(PROTOBUF)) {
            return false;
        }
        throw new ResponseStatusException(
                HttpStatus.UNSUPPORTED_MEDIA_TYPE, HttpHeaders.CONTENT_TYPE + " (expected: application/x-protobuf or application/json)");
    }
}
