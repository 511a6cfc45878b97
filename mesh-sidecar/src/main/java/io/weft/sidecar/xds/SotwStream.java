package io.weft.sidecar.xds;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Channel;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The state-of-the-world variant of ADS: a response carries everything of its kind that was asked for. */
final class SotwStream extends AdsCall<DiscoveryRequest, DiscoveryResponse> {

    private final Node node;
    private final Map<ResourceKind, Asked> asked = new EnumMap<>(ResourceKind.class);

    private static final class Asked {
        Set<String> names = Set.of();
        String acceptedVersion = "";
        String nonce = "";
    }

    private SotwStream(Node node, Observer observer) {
        super(observer);
        this.node = node;
    }

    static SotwStream open(Channel channel, Node node, Start start, Observer observer) {
        SotwStream stream = new SotwStream(node, observer);
        AggregatedDiscoveryServiceGrpc.newStub(channel).streamAggregatedResources(stream);
        // No version is claimed at the start: a server that trusts the claim would send nothing, and a name that came up since would wait for ever.
        for (ResourceKind kind : ResourceKind.values()) {
            Set<String> names = start.names().get(kind);
            if (names != null && (kind.wildcard() || !names.isEmpty())) {
                Asked state = stream.asked(kind);
                state.names = Set.copyOf(names);
                stream.send(stream.request(kind, state));
            }
        }
        return stream;
    }

    @Override
    public void subscribe(ResourceKind kind, Set<String> added, Set<String> removed, Set<String> all) {
        Asked state = asked(kind);
        state.names = Set.copyOf(all);
        send(request(kind, state));
    }

    /** Nothing to say: of this variant a response is answered once, and is sent anew only when something changed. */
    @Override
    public void askAgain(Map<ResourceKind, Set<String>> wanted) {}

    @Override
    public void reportHealth(@Nullable String problem) {
        DiscoveryRequest.Builder request = DiscoveryRequest.newBuilder().setTypeUrl(ResourceKind.HEALTH_TYPE_URL);
        if (problem != null) {
            request.setErrorDetail(unwell(problem));
        }
        send(request);
    }

    @Override
    void answer(DiscoveryResponse response) {
        Optional<ResourceKind> known = ResourceKind.ofTypeUrl(response.getTypeUrl());
        if (known.isEmpty()) {
            send(DiscoveryRequest.newBuilder()
                    .setTypeUrl(response.getTypeUrl())
                    .setResponseNonce(response.getNonce())
                    .setErrorDetail(Nack.of(List.of("type_url: " + response.getTypeUrl() + " (expected: a type that was asked for)"))));
        } else {
            answer(known.get(), response);
        }
    }

    private void answer(ResourceKind kind, DiscoveryResponse response) {
        Asked state = asked(kind);
        List<String> problems = new ArrayList<>();
        List<RawResource> resources = resources(response, problems);
        state.nonce = response.getNonce();
        // The subscription may change while the update is applied; that request then carries this nonce and the old version, which is no ACK of this one.
        problems.addAll(observer().onUpdate(new Update(kind, resources, List.of(), kind.wildcard())));
        DiscoveryRequest.Builder answer;
        if (problems.isEmpty()) {
            state.acceptedVersion = response.getVersionInfo();
            answer = request(kind, state);
        } else {
            answer = request(kind, state).setErrorDetail(Nack.of(problems));
        }
        send(answer);
    }

    private static List<RawResource> resources(DiscoveryResponse response, List<String> problems) {
        List<RawResource> resources = new ArrayList<>(response.getResourcesCount());
        int index = 0;
        for (Any any : response.getResourcesList()) {
            try {
                if (any.is(Resource.class)) {
                    Resource wrapped = any.unpack(Resource.class);
                    resources.add(new RawResource(wrapped.getName(), version(wrapped, response), wrapped.getResource()));
                } else {
                    resources.add(new RawResource("", response.getVersionInfo(), any));
                }
            } catch (InvalidProtocolBufferException e) {
                problems.add("resources[" + index + "]: " + e.getMessage());
            }
            index++;
        }
        return resources;
    }

    private static String version(Resource wrapped, DiscoveryResponse response) {
        return wrapped.getVersion().isEmpty() ? response.getVersionInfo() : wrapped.getVersion();
    }

    private Asked asked(ResourceKind kind) {
        return asked.computeIfAbsent(kind, k -> new Asked());
    }

    private DiscoveryRequest.Builder request(ResourceKind kind, Asked state) {
        return DiscoveryRequest.newBuilder()
                .setTypeUrl(kind.typeUrl())
                .addAllResourceNames(state.names)
                .setVersionInfo(state.acceptedVersion)
                .setResponseNonce(state.nonce);
    }

    private void send(DiscoveryRequest.Builder request) {
        send((isFirst() ? request.setNode(node) : request).build());
    }
}
