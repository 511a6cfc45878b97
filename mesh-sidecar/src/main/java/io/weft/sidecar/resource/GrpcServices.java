package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.core.v3.GrpcService;

/** {@code GrpcService}: a cluster of ours is the only way to reach one. */
final class GrpcServices {
    private static final Fields SERVICE = Fields.of(GrpcService.getDescriptor(), "envoy_grpc", "timeout");
    private static final Fields ENVOY = Fields.of(GrpcService.EnvoyGrpc.getDescriptor(), "cluster_name", "authority")
            .ignore("there are none to skip", "skip_envoy_headers");

    private GrpcServices() {}

    static void check(Where where, GrpcService service) {
        SERVICE.check(where, service);
        Where at = where.field("envoy_grpc");
        ENVOY.check(at, service.getEnvoyGrpc());
        if (service.getEnvoyGrpc().getClusterName().isEmpty()) {
            throw at.refuse("cluster_name", "\"\"", "a name");
        }
    }

    /** As Envoy: the cluster's name when nothing else is said. */
    static String authority(GrpcService service) {
        String said = service.getEnvoyGrpc().getAuthority();
        return said.isEmpty() ? service.getEnvoyGrpc().getClusterName() : said;
    }
}
