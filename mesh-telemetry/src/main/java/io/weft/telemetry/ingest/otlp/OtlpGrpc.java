package io.weft.telemetry.ingest.otlp;

import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.weft.telemetry.ingest.CallerIdentity;
import org.springframework.stereotype.Component;

/** {@code opentelemetry.proto.collector.trace.v1.TraceService/Export}. */
@Component
final class OtlpGrpc extends TraceServiceGrpc.TraceServiceImplBase {

    private final OtlpSpans spans;

    OtlpGrpc(OtlpSpans spans) {
        this.spans = spans;
    }

    @Override
    public void export(ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> answer) {
        answer.onNext(spans.take(request, CallerIdentity.current()));
        answer.onCompleted();
    }
}
