package io.weft.sidecar.layer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import com.google.protobuf.StringValue;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.weft.sidecar.identity.Svid;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.NetworkFilterResource;
import io.weft.sidecar.resource.RbacResource;
import io.weft.sidecar.testing.GrpcServers;
import io.weft.sidecar.testing.MeshTls;
import io.weft.sidecar.testing.TestEngine;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Calls of gRPC's own client to a server that knows every method. */
final class GrpcWire implements Wire {
    private static final String CLUSTER = "GRPC";
    private static final Metadata.Key<String> ROLE = Metadata.Key.of("x-role", Metadata.ASCII_STRING_MARSHALLER);

    private final Callers callers;
    private final AtomicInteger calls = new AtomicInteger();
    private final Server app;

    GrpcWire(TestEngine engine, Callers callers) throws IOException {
        this.callers = callers;
        this.app = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                .fallbackHandlerRegistry(new HandlerRegistry() {
                    @Override
                    public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
                        return ServerMethodDefinition.create(method(name), ServerCalls.asyncUnaryCall((request, answer) -> {
                            calls.incrementAndGet();
                            answer.onNext(StringValue.of(name));
                            answer.onCompleted();
                        }));
                    }
                })
                .build()
                .start();
        engine.cluster(ClusterResource.of(CLUSTER, ClusterResource.Type.STATIC, TestEngine.endpoints(CLUSTER, app.getPort()))
                .withHttp(ClusterResource.HttpProtocol.HTTP2));
    }

    private static MethodDescriptor<Empty, StringValue> method(String name) {
        return MethodDescriptor.<Empty, StringValue>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(name)
                .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
                .setResponseMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
                .build();
    }

    @Override
    public List<NetworkFilterResource> filters(RbacResource rules) {
        return Wire.http(rules, CLUSTER);
    }

    @Override
    public boolean passes(int port, Ask ask) throws Exception {
        Svid svid = callers.svid(ask.principal());
        SslContextBuilder tls = SslContextBuilder.forClient().keyManager(svid.key(), svid.chain()).trustManager(MeshTls.trust(svid));
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                .sslContext(GrpcSslContexts.configure(tls, SslProvider.JDK).build())
                .build();
        try {
            String name = ask.path().substring(1);
            StringValue answer =
                    ClientCalls.blockingUnaryCall(withRole(channel, ask.role()), method(name), CallOptions.DEFAULT, Empty.getDefaultInstance());
            assertThat(answer.getValue()).isEqualTo(name);
            return true;
        } catch (StatusRuntimeException refused) {
            assertThat(refused.getStatus().getCode()).as(refused.toString()).isEqualTo(Status.Code.PERMISSION_DENIED);
            assertThat(refused.getStatus().getDescription()).isEqualTo("RBAC: access denied");
            return false;
        } finally {
            channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
        }
    }

    private static Channel withRole(Channel channel, String role) {
        Metadata metadata = new Metadata();
        if (!role.isEmpty()) {
            metadata.put(ROLE, role);
        }
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    @Override
    public int reached() {
        return calls.get();
    }

    @Override
    public String denied() {
        return "envoy_http_rbac_denied";
    }

    @Override
    public void close() {
        GrpcServers.stop(app);
    }
}
