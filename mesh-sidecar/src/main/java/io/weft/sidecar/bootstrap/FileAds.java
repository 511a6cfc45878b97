package io.weft.sidecar.bootstrap;

import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.weft.sidecar.cluster.health.HealthChecker;
import io.weft.sidecar.resource.BootstrapResource;
import io.weft.sidecar.resource.EndpointsResource;
import io.weft.sidecar.resource.ResourceParsers;
import io.weft.sidecar.xds.AdsClient;
import io.weft.sidecar.xds.AdsSettings;
import java.util.stream.Collectors;

/** The ADS part of a bootstrap file. */
final class FileAds {
    private FileAds() {}

    static void start(BootstrapResource bootstrap, BootstrapResource.Ads ads, RunningSidecar sidecar, HealthChecker health) {
        AdsClient client = new AdsClient(
                AdsSettings.of(node(ads), server(ads), ads.delta()),
                new ControlPlaneChannels(sidecar.resources.loops(), sidecar.resources.control(), "weft-sidecar").of(ads, bootstrap.secrets()),
                sidecar.resources.control(),
                ResourceParsers.ofControlPlane(bootstrap.secretNames()),
                new EngineTarget(sidecar.engine, health::refresh),
                null,
                bootstrap.secretNames());
        sidecar.ads(client);
        health.reportTo(client::reportHealth, () -> sidecar.notReady().isEmpty());
        client.start();
    }

    private static Node node(BootstrapResource.Ads ads) {
        try {
            return Node.parseFrom(ads.node());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("our own serialisation", e);
        }
    }

    private static String server(BootstrapResource.Ads ads) {
        EndpointsResource endpoints = ads.cluster().endpoints();
        String at = endpoints == null
                ? ""
                : endpoints.localities().stream()
                        .flatMap(l -> l.endpoints().stream())
                        .map(e -> e.address().toString())
                        .collect(Collectors.joining(", "));
        return ads.cluster().name() + " (" + at + ")";
    }
}
