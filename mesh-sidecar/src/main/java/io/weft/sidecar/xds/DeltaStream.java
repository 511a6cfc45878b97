package io.weft.sidecar.xds;

import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Channel;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The incremental variant of ADS: only what changed travels, and after a reconnect only what changed meanwhile. */
final class DeltaStream extends AdsCall<DeltaDiscoveryRequest, DeltaDiscoveryResponse> {

    private final Node node;
    private final Start start;
    /** Names in the last response of a kind, if it was refused. */
    private final Map<ResourceKind, Set<String>> refused = new EnumMap<>(ResourceKind.class);

    private DeltaStream(Node node, Start start, Observer observer) {
        super(observer);
        this.node = node;
        this.start = start;
    }

    static DeltaStream open(Channel channel, Node node, Start start, Observer observer) {
        DeltaStream stream = new DeltaStream(node, start, observer);
        AggregatedDiscoveryServiceGrpc.newStub(channel).deltaAggregatedResources(stream);
        stream.sendFirst();
        return stream;
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
            request.setErrorDetail(unwell(problem));
        }
        send(request);
    }

    @Override
    void answer(DeltaDiscoveryResponse response) {
        Optional<ResourceKind> kind = ResourceKind.ofTypeUrl(response.getTypeUrl());
        DeltaDiscoveryRequest.Builder answer = request(response.getTypeUrl()).setResponseNonce(response.getNonce());
        List<String> problems = kind.isPresent()
                ? observer().onUpdate(new Update(kind.get(), resources(response), response.getRemovedResourcesList(), false))
                : List.of("type_url: " + response.getTypeUrl() + " (expected: a type that was asked for)");
        if (!problems.isEmpty()) {
            answer.setErrorDetail(Nack.of(problems));
        }
        kind.ifPresent(known -> remember(known, response, !problems.isEmpty()));
        send(answer);
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

    private DeltaDiscoveryRequest.Builder request(String typeUrl) {
        return DeltaDiscoveryRequest.newBuilder().setTypeUrl(typeUrl);
    }

    private void send(DeltaDiscoveryRequest.Builder request) {
        send((isFirst() ? request.setNode(node) : request).build());
    }
}
