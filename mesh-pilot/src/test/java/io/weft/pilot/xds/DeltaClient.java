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

/** A delta client that answers only when told to. */
final class DeltaClient {

    private final Replies<DeltaDiscoveryResponse> replies = new Replies<>(DeltaDiscoveryResponse::getTypeUrl);
    private final StreamObserver<DeltaDiscoveryRequest> requests;
    private Node node;

    DeltaClient(Channel channel, Node node) {
        this.node = node;
        requests = AggregatedDiscoveryServiceGrpc.newStub(channel).deltaAggregatedResources(replies);
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
        return replies.expect(type);
    }

    DeltaDiscoveryResponse expectAndAck(ResourceType type) {
        DeltaDiscoveryResponse response = expect(type);
        ack(response);
        return response;
    }

    /** Null: nothing came in this time. */
    DeltaDiscoveryResponse next(Duration within) {
        return replies.next(within);
    }

    io.grpc.Status ended() {
        return replies.ended();
    }

    void close() {
        requests.onCompleted();
    }

    static List<String> names(DeltaDiscoveryResponse response) {
        return response.getResourcesList().stream().map(Resource::getName).toList();
    }
}
