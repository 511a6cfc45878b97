package io.weft.sidecar.cluster.health;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.weft.sidecar.resource.HealthCheckResource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/** {@code grpc.health.v1.Health/Check}. Its two messages have one field each, so they are written by hand rather than by one more generated library. */
final class GrpcProbe implements Probe {
    private static final int SERVING = 1;
    private static final MethodDescriptor<String, Integer> CHECK = MethodDescriptor.<String, Integer>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("grpc.health.v1.Health/Check")
            .setRequestMarshaller(new ServiceName())
            .setResponseMarshaller(new ServingStatus())
            .build();

    private final LoopResources loops;
    private final EventLoop loop;
    private final HealthCheckResource.Probe.Grpc grpc;

    GrpcProbe(LoopResources loops, EventLoop loop, HealthCheckResource.Probe.Grpc grpc) {
        this.loops = loops;
        this.loop = loop;
        this.grpc = grpc;
    }

    @Override
    public void ask(InetSocketAddress address, Duration timeout, Answer answer) {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(address)
                .eventLoopGroup(loop)
                .channelType(loops.onChannelClass(SocketChannel.class, loop))
                .executor(loop)
                .usePlaintext()
                .proxyDetector(target -> null)
                .disableRetry()
                .maxInboundMessageSize(1024);
        if (!grpc.authority().isEmpty()) {
            builder.overrideAuthority(grpc.authority());
        }
        ManagedChannel channel = builder.build();
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(timeout.toMillis(), TimeUnit.MILLISECONDS);
        ClientCalls.asyncUnaryCall(channel.newCall(CHECK, options), grpc.serviceName(), new StreamObserver<>() {
            private @Nullable Integer status;

            @Override
            public void onNext(Integer value) {
                status = value;
            }

            @Override
            public void onError(Throwable failure) {
                channel.shutdownNow();
                Status why = Status.fromThrowable(failure);
                answer.done("gRPC health: " + why.getCode() + (why.getDescription() == null ? "" : ": " + why.getDescription()));
            }

            @Override
            public void onCompleted() {
                channel.shutdownNow();
                answer.done(status != null && status == SERVING ? null : "gRPC health: status " + status + " (expected: SERVING)");
            }
        });
    }

    /** {@code message HealthCheckRequest { string service = 1; }}. */
    private static final class ServiceName implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String service) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try {
                CodedOutputStream out = CodedOutputStream.newInstance(bytes);
                if (!service.isEmpty()) {
                    out.writeString(1, service);
                }
                out.flush();
            } catch (IOException e) {
                throw Status.INTERNAL.withCause(e).asRuntimeException();
            }
            return new ByteArrayInputStream(bytes.toByteArray());
        }

        @Override
        public String parse(InputStream stream) {
            throw new UnsupportedOperationException("requests are only sent");
        }
    }

    /** {@code message HealthCheckResponse { ServingStatus status = 1; }}. */
    private static final class ServingStatus implements MethodDescriptor.Marshaller<Integer> {
        @Override
        public InputStream stream(Integer status) {
            throw new UnsupportedOperationException("responses are only read");
        }

        @Override
        public Integer parse(InputStream stream) {
            try {
                CodedInputStream in = CodedInputStream.newInstance(stream);
                int status = 0;
                for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                    if (tag == 8) {
                        status = in.readEnum();
                    } else if (!in.skipField(tag)) {
                        break;
                    }
                }
                return status;
            } catch (IOException e) {
                throw Status.INTERNAL.withDescription("health answer: " + e.getMessage()).withCause(e).asRuntimeException();
            }
        }
    }
}
