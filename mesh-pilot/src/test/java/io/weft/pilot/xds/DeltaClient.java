package io.weft.pilot.xds;

import com.google.rpc.Status;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import io.weft.pilot.generate.ResourceType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A delta client that answers only when told to. */
final class DeltaClient {

    private final BlockingQueue<DeltaDiscoveryResponse> responses = new LinkedBlockingQueue<>();
    private final CompletableFuture<io.grpc.Status> end = new CompletableFuture<>();
    private final StreamObserver<DeltaDiscoveryRequest> requests;
    private Node node;

    DeltaClient(Channel channel, Node node) {
        this.node = node;
        requests = AggregatedDiscoveryServiceGrpc.newStub(channel).deltaAggregatedResources(new StreamObserver<>() {
            @Override
            public void onNext(DeltaDiscoveryResponse response) {
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
        send(request(type).addAllResourceNamesSubscribe(List.of(names)));
    }

    void unsubscribe(ResourceType type, String... names) {
        send(request(type).addAllResourceNamesUnsubscribe(List.of(names)));
    }

    void resume(ResourceType type, Map<String, String> versions, String... names) {
        send(request(type).putAllInitialResourceVersions(versions).addAllResourceNamesSubscribe(List.of(names)));
    }

    void ack(DeltaDiscoveryResponse response) {
        send(DeltaDiscoveryRequest.newBuilder().setTypeUrl(response.getTypeUrl()).setResponseNonce(response.getNonce()));
    }

    void nack(DeltaDiscoveryResponse response, String reason) {
        send(DeltaDiscoveryRequest.newBuilder()
                .setTypeUrl(response.getTypeUrl())
                .setResponseNonce(response.getNonce())
                .setErrorDetail(Status.newBuilder().setMessage(reason)));
    }

    void health(String problem) {
        DeltaDiscoveryRequest.Builder report =
                DeltaDiscoveryRequest.newBuilder().setTypeUrl("type.googleapis.com/istio.v1.HealthInformation");
        if (problem != null) {
            report.setErrorDetail(Status.newBuilder().setMessage(problem));
        }
        send(report);
    }

    void send(DeltaDiscoveryRequest.Builder request) {
        if (node != null) {
            request.setNode(node);
            node = null;
        }
        requests.onNext(request.build());
    }

    private static DeltaDiscoveryRequest.Builder request(ResourceType type) {
        return DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.typeUrl());
    }

    /** The next response, of this type. */
    DeltaDiscoveryResponse expect(ResourceType type) {
        DeltaDiscoveryResponse response = next(Duration.ofSeconds(5));
        if (response == null) {
            throw new AssertionError("no response of " + type + " came; the stream: " + end.getNow(null));
        }
        if (!response.getTypeUrl().equals(type.typeUrl())) {
            throw new AssertionError("expected " + type + " but was " + response);
        }
        return response;
    }

    DeltaDiscoveryResponse expectAndAck(ResourceType type) {
        DeltaDiscoveryResponse response = expect(type);
        ack(response);
        return response;
    }

    /** Null: nothing came in this time. */
    DeltaDiscoveryResponse next(Duration within) {
        try {
            return responses.poll(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    io.grpc.Status ended() {
        return end.orTimeout(10, TimeUnit.SECONDS).join();
    }

    void close() {
        requests.onCompleted();
    }

    static List<String> names(DeltaDiscoveryResponse response) {
        return response.getResourcesList().stream().map(Resource::getName).toList();
    }
}
