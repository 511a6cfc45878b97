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

/** A state-of-the-world client that answers only when told to. */
final class SotwClient {

    private final Replies<DiscoveryResponse> replies = new Replies<>(DiscoveryResponse::getTypeUrl);
    private final StreamObserver<DiscoveryRequest> requests;
    private Node node;

    SotwClient(Channel channel, Node node) {
        this.node = node;
        requests = AggregatedDiscoveryServiceGrpc.newStub(channel).streamAggregatedResources(replies);
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
        return replies.expect(type);
    }

    DiscoveryResponse next(Duration within) {
        return replies.next(within);
    }

    io.grpc.Status ended() {
        return replies.ended();
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
