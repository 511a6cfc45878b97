package io.weft.sidecar.testing;

import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import io.envoyproxy.envoy.service.accesslog.v3.AccessLogServiceGrpc;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsResponse;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import io.opentelemetry.proto.trace.v1.Span;
import io.weft.sidecar.resource.ClusterResource;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes access logs and spans over gRPC, as mesh-telemetry would. */
public final class Collector implements AutoCloseable {
    private final List<StreamAccessLogsMessage> messages = new CopyOnWriteArrayList<>();
    private final List<ExportTraceServiceRequest> exports = new CopyOnWriteArrayList<>();
    private final Server server;

    public Collector() throws IOException {
        this(0);
    }

    public Collector(int port) throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
                .addService(new AccessLogServiceGrpc.AccessLogServiceImplBase() {
                    @Override
                    public StreamObserver<StreamAccessLogsMessage> streamAccessLogs(StreamObserver<StreamAccessLogsResponse> answers) {
                        return new StreamObserver<>() {
                            @Override
                            public void onNext(StreamAccessLogsMessage message) {
                                messages.add(message);
                            }

                            @Override
                            public void onError(Throwable problem) {}

                            @Override
                            public void onCompleted() {
                                answers.onNext(StreamAccessLogsResponse.getDefaultInstance());
                                answers.onCompleted();
                            }
                        };
                    }
                })
                .addService(new TraceServiceGrpc.TraceServiceImplBase() {
                    @Override
                    public void export(ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> answer) {
                        exports.add(request);
                        answer.onNext(ExportTraceServiceResponse.getDefaultInstance());
                        answer.onCompleted();
                    }
                })
                .build()
                .start();
    }

    public int port() {
        return server.getPort();
    }

    /** As a cluster that proxies report to. */
    public ClusterResource cluster(String name) {
        return ClusterResource.of(name, ClusterResource.Type.STATIC, TestEngine.endpoints(name, port())).withHttp(ClusterResource.HttpProtocol.HTTP2);
    }

    public List<StreamAccessLogsMessage> messages() {
        return messages;
    }

    public List<ExportTraceServiceRequest> exports() {
        return exports;
    }

    public List<HTTPAccessLogEntry> requests() {
        return messages.stream().flatMap(message -> message.getHttpLogs().getLogEntryList().stream()).toList();
    }

    public List<TCPAccessLogEntry> connections() {
        return messages.stream().flatMap(message -> message.getTcpLogs().getLogEntryList().stream()).toList();
    }

    /** A span and the service it is of. */
    public record Seen(String service, Span span) {
        public String tag(String key) {
            return span.getAttributesList().stream()
                    .filter(attribute -> attribute.getKey().equals(key))
                    .map(attribute -> attribute.getValue().getStringValue())
                    .findFirst()
                    .orElse("");
        }
    }

    public List<Seen> spans() {
        return exports.stream()
                .flatMap(export -> export.getResourceSpansList().stream())
                .flatMap(resource -> resource.getScopeSpansList().stream()
                        .flatMap(scope -> scope.getSpansList().stream())
                        .map(span -> new Seen(resource.getResource().getAttributes(0).getValue().getStringValue(), span)))
                .toList();
    }

    @Override
    public void close() {
        GrpcServers.stop(server);
    }
}
