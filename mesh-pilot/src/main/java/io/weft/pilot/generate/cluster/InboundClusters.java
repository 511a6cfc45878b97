package io.weft.pilot.generate.cluster;

import static io.weft.pilot.generate.proto.Proto.bool;
import static io.weft.pilot.generate.proto.Proto.duration;
import static io.weft.pilot.generate.proto.Proto.u32;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.type.v3.Int64Range;
import io.weft.pilot.model.ConnectionPool;
import io.weft.pilot.model.WorkloadGroup;
import io.weft.pilot.registry.MeshService;
import io.weft.pilot.routing.EffectivePolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** From a sidecar to its own app. */
public final class InboundClusters {

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration DEFAULT_PERIOD = Duration.ofSeconds(10);
    private static final int DEFAULT_SUCCESSES = 1;
    private static final int DEFAULT_FAILURES = 3;
    /** What Kubernetes takes for success. */
    private static final int FIRST_FAILURE_STATUS = 400;

    private InboundClusters() {}

    public static String name(int workloadPort) {
        return "inbound|" + workloadPort + "||";
    }

    /**
     * A cluster with the app as its only endpoint.
     *
     * @param service   what telemetry calls it; null when no service leads here
     * @param probe     null: none on this port
     * @param probePort where the probe is sent when that is not the app's port; 0: there
     */
    public static Cluster of(
            int workloadPort,
            Address app,
            boolean http2,
            @Nullable ConnectionPool pool,
            WorkloadGroup.@Nullable Probe probe,
            int probePort,
            @Nullable MeshService service) {
        Endpoint.Builder endpoint = Endpoint.newBuilder().setAddress(app);
        if (probe != null && probePort > 0) {
            endpoint.setHealthCheckConfig(Endpoint.HealthCheckConfig.newBuilder().setPortValue(probePort));
        }
        Cluster.Builder cluster = Cluster.newBuilder()
                .setName(name(workloadPort))
                .setType(Cluster.DiscoveryType.STATIC)
                .setLoadAssignment(ClusterLoadAssignment.newBuilder()
                        .setClusterName(name(workloadPort))
                        .addEndpoints(LocalityLbEndpoints.newBuilder()
                                .addLbEndpoints(LbEndpoint.newBuilder().setEndpoint(endpoint))));
        Traffic.apply(cluster, new EffectivePolicy(null, pool, null, null, null), http2);
        if (service != null) {
            cluster.setMetadata(ServiceMetadata.of(service));
        }
        if (probe != null) {
            cluster.addHealthChecks(healthCheck(probe));
        }
        return cluster.build();
    }

    private static HealthCheck healthCheck(WorkloadGroup.Probe probe) {
        Duration timeout = probe.timeout() == null || probe.timeout().isZero() ? DEFAULT_TIMEOUT : probe.timeout();
        Duration period = probe.period() == null || probe.period().isZero() ? DEFAULT_PERIOD : probe.period();
        HealthCheck.Builder check = HealthCheck.newBuilder()
                .setTimeout(duration(timeout))
                .setInterval(duration(period))
                // Envoy slows down where nothing is sent; an app without traffic is to be known just the same.
                .setNoTrafficInterval(duration(period))
                .setHealthyThreshold(u32(positive(probe.successThreshold(), DEFAULT_SUCCESSES)))
                .setUnhealthyThreshold(u32(positive(probe.failureThreshold(), DEFAULT_FAILURES)))
                .setReuseConnection(bool(false));
        WorkloadGroup.HttpGet http = probe.httpGet();
        WorkloadGroup.Grpc grpc = probe.grpc();
        if (http != null) {
            String path = http.path() == null || http.path().isEmpty() ? "/" : http.path();
            HealthCheck.HttpHealthCheck.Builder get = HealthCheck.HttpHealthCheck.newBuilder()
                    .setPath(path.startsWith("/") ? path : "/" + path)
                    .addExpectedStatuses(Int64Range.newBuilder().setStart(200).setEnd(FIRST_FAILURE_STATUS));
            get.setHost(http.host() == null || http.host().isEmpty() ? "localhost" : http.host());
            check.setHttpHealthCheck(get);
        } else if (grpc != null) {
            HealthCheck.GrpcHealthCheck.Builder call = HealthCheck.GrpcHealthCheck.newBuilder();
            if (grpc.service() != null) {
                call.setServiceName(grpc.service());
            }
            check.setGrpcHealthCheck(call);
        } else {
            check.setTcpHealthCheck(HealthCheck.TcpHealthCheck.getDefaultInstance());
        }
        return check.build();
    }

    private static int positive(@Nullable Integer value, int otherwise) {
        return value == null || value <= 0 ? otherwise : value;
    }

    /** The container port that a probe asks. */
    public static int port(WorkloadGroup.Probe probe) {
        if (probe.httpGet() != null) {
            return probe.httpGet().port();
        }
        if (probe.grpc() != null) {
            return probe.grpc().port();
        }
        return probe.tcpPort() == null ? 0 : probe.tcpPort();
    }
}
