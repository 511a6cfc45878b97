package io.weft.sidecar.xds;

import com.google.rpc.Code;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The incremental variant of ADS: only what changed travels, and after a reconnect only what changed meanwhile. */
final class DeltaStream implements AdsStream, ClientResponseObserver<DeltaDiscoveryRequest, DeltaDiscoveryResponse> {

    private final Node node;
    private final Observer observer;
    private final Start start;
    /** Names in the last response of a kind, if it was refused. */
    private final Map<ResourceKind, Set<String>> refused = new EnumMap<>(ResourceKind.class);
    private @Nullable ClientCallStreamObserver<DeltaDiscoveryRequest> requests;
    private boolean nodeSent;

    private DeltaStream(Node node, Start start, Observer observer) {
        this.node = node;
        this.start = start;
        this.observer = observer;
    }

    static DeltaStream open(Channel channel, Node node, Start start, Observer observer) {
        DeltaStream stream = new DeltaStream(node, start, observer);
        AggregatedDiscoveryServiceGrpc.newStub(channel).deltaAggregatedResources(stream);
        stream.sendFirst();
        return stream;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<DeltaDiscoveryRequest> stream) {
        // One message at a time: a server that pushes faster than we apply waits in its own flow-control window, not in our heap.
        stream.disableAutoRequestWithInitial(1);
        requests = stream;
    }

    private void sendFirst() {
        for (ResourceKind kind : ResourceKind.values()) {
            Set<String> names = start.names().get(kind);
            if (names == null || !kind.wildcard() && names.isEmpty()) {
                continue;
            }
            // A first request without names is the wildcard; what we have already need not be sent again.
            Map<String, String> versions = start.versions().getOrDefault(kind, Map.of());
            send(request(kind.typeUrl()).addAllResourceNamesSubscribe(names).putAllInitialResourceVersions(versions));
        }
    }

    @Override
    public void subscribe(ResourceKind kind, Set<String> added, Set<String> removed, Set<String> all) {
        send(request(kind.typeUrl()).addAllResourceNamesSubscribe(added).addAllResourceNamesUnsubscribe(removed));
    }

    /** A response is answered once; but what is subscribed to anew is sent anew, though it did not change ("Incremental xDS" of Envoy's protocol page). */
    @Override
    public void askAgain(Map<ResourceKind, Set<String>> wanted) {
        refused.forEach((kind, names) -> {
            if (kind.wildcard()) {
                send(request(kind.typeUrl()).addAllResourceNamesSubscribe(names));
                // Everything is asked for already: by name it was only for this once.
                send(request(kind.typeUrl()).addAllResourceNamesUnsubscribe(names));
            } else {
                names.retainAll(wanted.getOrDefault(kind, Set.of()));
                send(request(kind.typeUrl()).addAllResourceNamesSubscribe(names));
            }
        });
        refused.clear();
    }

    @Override
    public void reportHealth(@Nullable String problem) {
        DeltaDiscoveryRequest.Builder request = request(ResourceKind.HEALTH_TYPE_URL);
        if (problem != null) {
            request.setErrorDetail(com.google.rpc.Status.newBuilder().setCode(Code.UNAVAILABLE_VALUE).setMessage(problem));
        }
        send(request);
    }

    @Override
    public void close(String why) {
        if (requests != null) {
            requests.cancel(why, null);
        }
    }

    @Override
    public void onNext(DeltaDiscoveryResponse response) {
        Optional<ResourceKind> kind = ResourceKind.ofTypeUrl(response.getTypeUrl());
        DeltaDiscoveryRequest.Builder answer = request(response.getTypeUrl()).setResponseNonce(response.getNonce());
        List<String> problems = kind.isPresent()
                ? observer.onUpdate(new Update(kind.get(), resources(response), response.getRemovedResourcesList(), false))
                : List.of("type_url: " + response.getTypeUrl() + " (expected: a type that was asked for)");
        if (!problems.isEmpty()) {
            answer.setErrorDetail(Nack.of(problems));
        }
        kind.ifPresent(known -> remember(known, response, !problems.isEmpty()));
        send(answer);
        if (requests != null) {
            requests.request(1);
        }
    }

    private void remember(ResourceKind kind, DeltaDiscoveryResponse response, boolean isRefused) {
        refused.remove(kind);
        if (isRefused && response.getResourcesCount() > 0) {
            Set<String> names = new LinkedHashSet<>();
            response.getResourcesList().forEach(resource -> names.add(resource.getName()));
            refused.put(kind, names);
        }
    }

    private static List<RawResource> resources(DeltaDiscoveryResponse response) {
        List<RawResource> resources = new ArrayList<>(response.getResourcesCount());
        for (Resource resource : response.getResourcesList()) {
            resources.add(new RawResource(resource.getName(), resource.getVersion(), resource.getResource()));
        }
        return resources;
    }

    @Override
    public void onError(Throwable failure) {
        observer.onClosed(Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
        observer.onClosed(Status.UNAVAILABLE.withDescription("the server ended the stream"));
    }

    private DeltaDiscoveryRequest.Builder request(String typeUrl) {
        return DeltaDiscoveryRequest.newBuilder().setTypeUrl(typeUrl);
    }

    private void send(DeltaDiscoveryRequest.Builder request) {
        if (requests == null) {
            return;
        }
        if (!nodeSent) {
            // Only a stream's first request needs it, and it is the largest part of a small request.
            request.setNode(node);
            nodeSent = true;
        }
        requests.onNext(request.build());
    }
}
