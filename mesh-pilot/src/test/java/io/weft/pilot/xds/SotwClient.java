package io.weft.pilot.xds;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import io.weft.pilot.generate.ResourceType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A state-of-the-world client that answers only when told to. */
final class SotwClient {

    private final BlockingQueue<DiscoveryResponse> responses = new LinkedBlockingQueue<>();
    private final CompletableFuture<io.grpc.Status> end = new CompletableFuture<>();
    private final StreamObserver<DiscoveryRequest> requests;
    private Node node;

    SotwClient(Channel channel, Node node) {
        this.node = node;
        requests = AggregatedDiscoveryServiceGrpc.newStub(channel).streamAggregatedResources(new StreamObserver<>() {
            @Override
            public void onNext(DiscoveryResponse response) {
                responses.add(response);
            }

            @Override
            public void onError(Throwable error) {
                end.complete(io.grpc.Status.fromThrowable(error));
            }

            @Override
            public void onCompleted() {
                end.complete(io.grpc.Status.OK);
            }
        });
    }

    void subscribe(ResourceType type, String... names) {
        send(DiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl()).addAllResourceNames(List.of(names)));
    }

    void ack(DiscoveryResponse response, String... names) {
        send(DiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setVersionInfo(response.getVersionInfo())
                .setResponseNonce(response.getNonce())
                .addAllResourceNames(List.of(names)));
    }

    void nack(DiscoveryResponse response, String reason, String... names) {
        send(DiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce())
                .setErrorDetail(Status.newBuilder().setMessage(reason))
                .addAllResourceNames(List.of(names)));
    }

    void send(DiscoveryRequest.Builder request) {
        if (node != null) {
            request.setNode(node);
            node = null;
        }
        requests.onNext(request.build());
    }

    DiscoveryResponse expect(ResourceType type) {
        DiscoveryResponse response = next(Duration.ofSeconds(5));
        if (response == null) {
            throw new AssertionError("no response of " + type + " came; the stream: " + end.getNow(null));
        }
        if (!response.getTypeUrl().equals(type.typeUrl())) {
            throw new AssertionError("expected " + type + " but was " + response);
        }
        return response;
    }

    DiscoveryResponse next(Duration within) {
        try {
            return responses.poll(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    io.grpc.Status ended() {
        return end.orTimeout(5, TimeUnit.SECONDS).join();
    }

    static List<String> contents(DiscoveryResponse response) {
        return response.getResourcesList().stream().map(SotwClient::content).toList();
    }

    private static String content(Any any) {
        try {
            return StringValue.parseFrom(any.getValue()).getValue();
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }
}
