package io.weft.sidecar.http.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** grpc-java on both ends, our HTTP/2 server and client sides between them. */
class GrpcForwardingTest {

    private static final MethodDescriptor.Marshaller<byte[]> BYTES = new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };
    private static final MethodDescriptor<byte[], byte[]> UNARY = method("Unary", MethodType.UNARY);
    private static final MethodDescriptor<byte[], byte[]> CHAT = method("Chat", MethodType.BIDI_STREAMING);
    private static final MethodDescriptor<byte[], byte[]> HANG = method("Hang", MethodType.SERVER_STREAMING);
    private static final MethodDescriptor<byte[], byte[]> FLOOD = method("Flood", MethodType.SERVER_STREAMING);

    private final AtomicBoolean cancelled = new AtomicBoolean();
    private final AtomicInteger flooded = new AtomicInteger();
    private final TestLoops loops = new TestLoops();
    private Server server;
    private ForwardingService proxy;
    private ManagedChannel channel;

    private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder().setType(type).setFullMethodName("test.Echo/" + name)
                .setRequestMarshaller(BYTES).setResponseMarshaller(BYTES).build();
    }

    @BeforeEach
    void start() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0)).maxInboundMessageSize(16 << 20).addService(
                ServerServiceDefinition.builder("test.Echo")
                        .addMethod(UNARY, ServerCalls.asyncUnaryCall((byte[] request, StreamObserver<byte[]> out) -> {
                            if (request.length == 0) {
                                out.onError(Status.FAILED_PRECONDITION.withDescription("empty").asRuntimeException());
                            } else {
                                out.onNext(request);
                                out.onCompleted();
                            }
                        }))
                        .addMethod(CHAT, ServerCalls.asyncBidiStreamingCall(this::chat))
                        .addMethod(HANG, ServerCalls.asyncServerStreamingCall((byte[] request, StreamObserver<byte[]> out) -> {
                            ((ServerCallStreamObserver<byte[]>) out).setOnCancelHandler(() -> cancelled.set(true));
                            out.onNext(request);
                        }))
                        .addMethod(FLOOD, ServerCalls.asyncServerStreamingCall(this::flood))
                        .build()).build().start();
        proxy = new ForwardingService(loops, server.getPort());
        channel = NettyChannelBuilder.forAddress("127.0.0.1", loops.serve(proxy)).usePlaintext().maxInboundMessageSize(16 << 20).build();
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        server.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        loops.close();
    }

    private StreamObserver<byte[]> chat(StreamObserver<byte[]> out) {
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] value) {
                out.onNext(value);
            }

            @Override
            public void onError(Throwable t) {
                cancelled.set(true);
            }

            @Override
            public void onCompleted() {
                out.onCompleted();
            }
        };
    }

    private void flood(byte[] request, StreamObserver<byte[]> out) {
        ServerCallStreamObserver<byte[]> call = (ServerCallStreamObserver<byte[]>) out;
        call.setOnReadyHandler(() -> {
            while (call.isReady() && flooded.get() < 4096) {
                flooded.incrementAndGet();
                call.onNext(new byte[16 * 1024]);
            }
            if (flooded.get() == 4096) {
                flooded.incrementAndGet();
                call.onCompleted();
            }
        });
    }

    @Test
    void unaryCallsPassInBothDirections_smallAndLarge() {
        for (int size : new int[] {1, 1000, 100_000, 5_000_000}) {
            byte[] answer = ClientCalls.blockingUnaryCall(channel, UNARY, CallOptions.DEFAULT, new byte[size]);
            assertThat(answer).hasSize(size);
        }
    }

    @Test
    void statusAndMessageOfTrailersOnlyPass() {
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, UNARY, CallOptions.DEFAULT, new byte[0]))
                .isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
                    assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
                    assertThat(e.getStatus().getDescription()).isEqualTo("empty");
                });
    }

    @Test
    void manyCallsShareOneUpstreamConnection() {
        List<CompletableFuture<byte[]>> all = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 400; i++) {
            CompletableFuture<byte[]> result = new CompletableFuture<>();
            all.add(result);
            ClientCalls.asyncUnaryCall(channel.newCall(UNARY, CallOptions.DEFAULT), new byte[100 + i], new Collector(result));
        }
        for (int i = 0; i < 400; i++) {
            assertThat(all.get(i).orTimeout(20, TimeUnit.SECONDS).join()).hasSize(100 + i);
        }
        assertThat(proxy.upstreams).hasSize(1);
    }

    @Test
    void streamsBothWays() {
        List<Integer> sizes = new CopyOnWriteArrayList<>();
        AtomicBoolean completed = new AtomicBoolean();
        StreamObserver<byte[]> up = ClientCalls.asyncBidiStreamingCall(channel.newCall(CHAT, CallOptions.DEFAULT), new StreamObserver<>() {
            @Override
            public void onNext(byte[] value) {
                sizes.add(value.length);
            }

            @Override
            public void onError(Throwable t) {}

            @Override
            public void onCompleted() {
                completed.set(true);
            }
        });
        for (int i = 0; i < 50; i++) {
            up.onNext(new byte[i]);
            int expected = i + 1;
            await().until(() -> sizes.size() == expected);
        }
        up.onCompleted();
        await().untilTrue(completed);
        assertThat(sizes).hasSize(50);
    }

    @Test
    void cancellationReachesTheServer() {
        AtomicInteger got = new AtomicInteger();
        io.grpc.ClientCall<byte[], byte[]> call = channel.newCall(HANG, CallOptions.DEFAULT);
        call.start(new io.grpc.ClientCall.Listener<>() {
            @Override
            public void onMessage(byte[] message) {
                got.incrementAndGet();
            }
        }, new Metadata());
        call.request(10);
        call.sendMessage(new byte[3]);
        call.halfClose();
        await().until(() -> got.get() == 1);
        call.cancel("enough", null);
        await().untilTrue(cancelled);
    }

    @Test
    void deadlineEndsTheCallOnBothSides() {
        assertThatThrownBy(() -> ClientCalls.blockingServerStreamingCall(channel, HANG, CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS),
                        new byte[1]).forEachRemaining(b -> { }))
                .isInstanceOfSatisfying(StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
        await().untilTrue(cancelled);
    }

    @Test
    void aSlowReaderHoldsTheServerBack() {
        AtomicInteger got = new AtomicInteger();
        AtomicBoolean completed = new AtomicBoolean();
        ClientCallStreamObserver<?>[] control = new ClientCallStreamObserver<?>[1];
        ClientCalls.asyncServerStreamingCall(channel.newCall(FLOOD, CallOptions.DEFAULT), new byte[1], new io.grpc.stub.ClientResponseObserver<byte[], byte[]>() {
            @Override
            public void beforeStart(ClientCallStreamObserver<byte[]> requestStream) {
                control[0] = requestStream;
                requestStream.disableAutoRequestWithInitial(1);
            }

            @Override
            public void onNext(byte[] value) {
                got.incrementAndGet();
            }

            @Override
            public void onError(Throwable t) {}

            @Override
            public void onCompleted() {
                completed.set(true);
            }
        });
        await().until(() -> got.get() == 1);
        await().during(java.time.Duration.ofMillis(500)).until(() -> flooded.get() < 512);
        assertThat(ClientCalls.blockingUnaryCall(channel, UNARY, CallOptions.DEFAULT, new byte[100_000])).as("another stream is not stopped").hasSize(100_000);
        control[0].request(5000);
        await().atMost(20, TimeUnit.SECONDS).untilTrue(completed);
        assertThat(got.get()).isEqualTo(4096);
    }

    @Test
    void aServerThatGoesAwayIsReplaced() throws Exception {
        assertThat(ClientCalls.blockingUnaryCall(channel, UNARY, CallOptions.DEFAULT, new byte[1])).hasSize(1);
        proxy.upstreams.get(0).close();
        await().until(() -> {
            try {
                return ClientCalls.blockingUnaryCall(channel, UNARY, CallOptions.DEFAULT, new byte[1]).length == 1;
            } catch (StatusRuntimeException e) {
                return false;
            }
        });
        assertThat(proxy.upstreams).hasSize(2);
    }

    private static final class Collector implements StreamObserver<byte[]> {

        private final CompletableFuture<byte[]> result;

        Collector(CompletableFuture<byte[]> result) {
            this.result = result;
        }

        @Override
        public void onNext(byte[] value) {
            result.complete(value);
        }

        @Override
        public void onError(Throwable t) {
            result.completeExceptionally(t);
        }

        @Override
        public void onCompleted() {}
    }
}
