package io.weft.sidecar.testing;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.weft.sidecar.identity.AllowedPeers;
import io.weft.sidecar.identity.Svid;
import io.weft.sidecar.identity.SvidTrustManager;
import io.weft.sidecar.identity.SvidVerifier;
import io.weft.sidecar.xds.ResourceKind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A control plane that says what a test tells it to, and remembers what it was told. */
public final class AdsServer implements AutoCloseable {
    public final List<DeltaDiscoveryRequest> deltas = new CopyOnWriteArrayList<>();
    public final List<DiscoveryRequest> requests = new CopyOnWriteArrayList<>();
    public final AtomicInteger streams = new AtomicInteger();
    private final Server server;
    private final int port;
    private final AtomicInteger nonces = new AtomicInteger();
    private volatile StreamObserver<DeltaDiscoveryResponse> delta;
    private volatile StreamObserver<DiscoveryResponse> sotw;

    public AdsServer(int port) throws IOException {
        this(port, null);
    }

    /** With mutual TLS as {@code identity}. */
    public AdsServer(int port, @Nullable Svid identity) throws IOException {
        NettyServerBuilder builder = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port)).addService(new Service());
        if (identity != null) {
            builder.sslContext(GrpcSslContexts.configure(
                            SslContextBuilder.forServer(identity.key(), identity.chain()), SslProvider.JDK)
                    .clientAuth(ClientAuth.REQUIRE)
                    .trustManager(new SvidTrustManager(new SvidVerifier(identity.roots()), AllowedPeers.any()))
                    .build());
        }
        server = builder.build().start();
        this.port = server.getPort();
    }

    public int port() {
        return port;
    }

    private final class Service extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {
        @Override
        public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(StreamObserver<DeltaDiscoveryResponse> out) {
            delta = out;
            streams.incrementAndGet();
            return recording(deltas);
        }

        @Override
        public StreamObserver<DiscoveryRequest> streamAggregatedResources(StreamObserver<DiscoveryResponse> out) {
            sotw = out;
            streams.incrementAndGet();
            return recording(requests);
        }
    }

    private static <T> StreamObserver<T> recording(List<T> into) {
        return new StreamObserver<>() {
            @Override
            public void onNext(T value) {
                into.add(value);
            }

            @Override
            public void onError(Throwable t) {}

            @Override
            public void onCompleted() {}
        };
    }

    public static Resource resource(String name, String version, Message body) {
        return Resource.newBuilder().setName(name).setVersion(version).setResource(Any.pack(body)).build();
    }

    public String send(ResourceKind kind, List<Resource> resources, List<String> removed) {
        String nonce = "n" + nonces.incrementAndGet();
        delta.onNext(DeltaDiscoveryResponse.newBuilder()
                .setTypeUrl(kind.typeUrl())
                .setNonce(nonce)
                .addAllResources(resources)
                .addAllRemovedResources(removed)
                .build());
        return nonce;
    }

    public String sendAll(ResourceKind kind, String version, List<? extends Message> bodies) {
        String nonce = "n" + nonces.incrementAndGet();
        sotw.onNext(DiscoveryResponse.newBuilder()
                .setTypeUrl(kind.typeUrl())
                .setVersionInfo(version)
                .setNonce(nonce)
                .addAllResources(bodies.stream().map(Any::pack).toList())
                .build());
        return nonce;
    }

    public void endStream() {
        delta.onError(Status.UNAVAILABLE.withDescription("test").asRuntimeException());
    }

    @Override
    public void close() {
        GrpcServers.stop(server);
    }
}
