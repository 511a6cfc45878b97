package io.weft.pilot.xds;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.weft.pilot.generate.GeneratedResource;
import io.weft.pilot.generate.ResourceType;

/** Incremental: only what changed, and the names that are gone. */
final class DeltaWire implements Wire {

    private final ServerCallStreamObserver<DeltaDiscoveryResponse> out;

    DeltaWire(ServerCallStreamObserver<DeltaDiscoveryResponse> out) {
        this.out = out;
    }

    @Override
    public boolean isReady() {
        return out.isReady();
    }

    @Override
    public void send(ResourceType type, String nonce, String version, Changes changes) {
        DeltaDiscoveryResponse.Builder response = DeltaDiscoveryResponse.newBuilder()
                .setTypeUrl(type.typeUrl())
                .setNonce(nonce)
                .setSystemVersionInfo(version)
                .addAllRemovedResources(changes.removed());
        for (GeneratedResource resource : changes.resources()) {
            response.addResources(Resource.newBuilder()
                    .setName(resource.name())
                    .setVersion(resource.version())
                    .setResource(resource.any()));
        }
        out.onNext(response.build());
    }

    @Override
    public void end(Status status) {
        out.onError(status.asRuntimeException());
    }
}
