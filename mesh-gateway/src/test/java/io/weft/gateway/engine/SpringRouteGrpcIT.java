package io.weft.gateway.engine;

import static io.weft.gateway.engine.Routes.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.weft.gateway.springroute.SpringRoutes;
import io.weft.sidecar.listener.Engine;
import io.weft.sidecar.resource.ClusterResource;
import io.weft.sidecar.resource.EndpointsResource;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** gRPC through a distributed route: streams both ways, trailers, and errors as gRPC says them. */
@Timeout(60)
class SpringRouteGrpcIT {

    private static final String CLUSTER = "outbound|82||grpc.default.svc.cluster.local";

    @TempDir
    static Path home;

    static Server server;
    static ConfigurableApplicationContext gateway;
    static ManagedChannel channel;

    /** Any service with a stream both ways will do. */
    private static final class Echo extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {
        @Override
        public StreamObserver<DiscoveryRequest> streamAggregatedResources(StreamObserver<DiscoveryResponse> answers) {
            return new StreamObserver<>() {
                @Override
                public void onNext(DiscoveryRequest request) {
                    if (request.getTypeUrl().equals("fail")) {
                        answers.onError(Status.ALREADY_EXISTS.withDescription("as asked").asRuntimeException());
                    } else {
                        answers.onNext(DiscoveryResponse.newBuilder().setTypeUrl("echo:" + request.getTypeUrl()).build());
                    }
                }

                @Override
                public void onError(Throwable cause) {}

                @Override
                public void onCompleted() {
                    answers.onCompleted();
                }
            };
        }
    }

    private static final class Answers implements StreamObserver<DiscoveryResponse> {
        final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();

        @Override
        public void onNext(DiscoveryResponse response) {
            seen.add(response.getTypeUrl());
        }

        @Override
        public void onError(Throwable cause) {
            seen.add(cause);
        }

        @Override
        public void onCompleted() {
            seen.add("completed");
        }

        Object next() throws InterruptedException {
            return seen.poll(10, TimeUnit.SECONDS);
        }
    }

    @BeforeAll
    static void start() throws IOException {
        server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0)).addService(new Echo()).build().start();
        gateway = Gateways.start(home, SpringRouteGrpcIT.class);
        GatewayProcess process = gateway.getBean(GatewayProcess.class);
        Engine engine = process.engine();
        int http = process.ports().get("http-port");
        MeshResources.apply(engine, http, process.ports().get("https-port"), server.getPort(), null);
        engine.applyClusters(
                List.of(ClusterResource.of(
                                CLUSTER,
                                ClusterResource.Type.STATIC,
                                EndpointsResource.of(CLUSTER, List.of(EndpointsResource.Endpoint.of("127.0.0.1", server.getPort()))))
                        .withHttp(ClusterResource.HttpProtocol.HTTP2)),
                List.of());
        Routes.apply(
                gateway.getBean(SpringRoutes.class),
                route("grpc")
                        .to("lb://grpc:82", CLUSTER)
                        .when("Path=/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources")
                        .with("AddRequestHeader=X-Test,grpc"),
                route("away").to("lb://away:82", "outbound|82||away.default.svc.cluster.local").when("Path=/**").order(1));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", http).usePlaintext().build();
    }

    @AfterAll
    static void stop() {
        channel.shutdownNow();
        gateway.close();
        server.shutdownNow();
    }

    @Test
    void streamsBothWays_messageByMessage() throws Exception {
        Answers answers = new Answers();
        StreamObserver<DiscoveryRequest> requests = AggregatedDiscoveryServiceGrpc.newStub(channel).streamAggregatedResources(answers);
        for (int i = 0; i < 5; i++) {
            requests.onNext(DiscoveryRequest.newBuilder().setTypeUrl("m" + i).build());
            assertThat(answers.next()).isEqualTo("echo:m" + i);
        }
        requests.onCompleted();
        assertThat(answers.next()).isEqualTo("completed");
    }

    @Test
    void anErrorAfterMessages_isInTheTrailers() throws Exception {
        Answers answers = new Answers();
        StreamObserver<DiscoveryRequest> requests = AggregatedDiscoveryServiceGrpc.newStub(channel).streamAggregatedResources(answers);
        requests.onNext(DiscoveryRequest.newBuilder().setTypeUrl("first").build());
        assertThat(answers.next()).isEqualTo("echo:first");
        requests.onNext(DiscoveryRequest.newBuilder().setTypeUrl("fail").build());
        Status status = Status.fromThrowable((Throwable) answers.next());
        assertThat(status.getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
        assertThat(status.getDescription()).isEqualTo("as asked");
    }

    @Test
    void aClusterThatIsNotThere_isUnavailable() {
        assertThatThrownBy(() -> io.envoyproxy.envoy.service.endpoint.v3.EndpointDiscoveryServiceGrpc.newBlockingStub(channel)
                        .fetchEndpoints(DiscoveryRequest.getDefaultInstance()))
                .isInstanceOf(StatusRuntimeException.class)
                .extracting(e -> ((StatusRuntimeException) e).getStatus().getCode())
                .isEqualTo(Status.Code.UNAVAILABLE);
    }
}
