package io.weft.pilot.xds;

import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.weft.pilot.generate.GeneratedResource;
import io.weft.pilot.generate.ResourceType;

/** State of the world. */
final class SotwWire implements Wire {

    private final ServerCallStreamObserver<DiscoveryResponse> out;

    SotwWire(ServerCallStreamObserver<DiscoveryResponse> out) {
        this.out = out;
    }

    @Override
    public boolean isReady() {
        return out.isReady();
    }

    @Override
    public void send(ResourceType type, String nonce, String version, Changes changes) {
        DiscoveryResponse.Builder response =
                DiscoveryResponse.newBuilder().setTypeUrl(type.typeUrl()).setNonce(nonce).setVersionInfo(version);
        for (GeneratedResource resource : changes.resources()) {
            response.addResources(resource.any());
        }
        out.onNext(response.build());
    }

    @Override
    public void end(Status status) {
        out.onError(status.asRuntimeException());
    }
}
