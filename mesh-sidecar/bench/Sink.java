import io.grpc.HandlerRegistry;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;

/** Takes every gRPC call and forgets what it says: where bench/telemetry's access logs and spans go. {@code java -cp 'target/lib/*' bench/Sink.java PORT} */
public final class Sink {
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

    public static void main(String[] args) throws Exception {
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])))
                .fallbackHandlerRegistry(new HandlerRegistry() {
                    @Override
                    public ServerMethodDefinition<?, ?> lookupMethod(String name, String authority) {
                        return method(name);
                    }
                })
                .build()
                .start()
                .awaitTermination();
    }

    private static ServerMethodDefinition<byte[], byte[]> method(String name) {
        MethodDescriptor<byte[], byte[]> descriptor = MethodDescriptor.newBuilder(BYTES, BYTES)
                .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                .setFullMethodName(name)
                .build();
        return ServerMethodDefinition.create(descriptor, ServerCalls.asyncBidiStreamingCall(answers -> new StreamObserver<byte[]>() {
            @Override
            public void onNext(byte[] message) {}

            @Override
            public void onError(Throwable problem) {}

            @Override
            public void onCompleted() {
                answers.onNext(new byte[0]);
                answers.onCompleted();
            }
        }));
    }
}
