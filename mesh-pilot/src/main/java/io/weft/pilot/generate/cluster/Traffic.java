package io.weft.pilot.generate.cluster;

import static io.weft.pilot.generate.proto.Proto.any;
import static io.weft.pilot.generate.proto.Proto.duration;
import static io.weft.pilot.generate.proto.Proto.u32;
import static io.weft.pilot.generate.proto.Proto.u64;

import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.UpstreamConnectionOptions;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.TcpKeepalive;
import io.envoyproxy.envoy.config.core.v3.UpstreamHttpProtocolOptions;
import io.envoyproxy.envoy.type.v3.Percent;
import io.weft.pilot.model.ConnectionPool;
import io.weft.pilot.model.LoadBalancer;
import io.weft.pilot.model.OutlierDetection;
import io.weft.pilot.model.RetryBudget;
import io.weft.pilot.routing.EffectivePolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The blocks of a traffic policy as fields of a cluster. */
final class Traffic {

    /** As the reference mesh: no limit unless a user sets one. */
    private static final int UNLIMITED = -1;

    private static final double RETRY_PERCENT = 20;
    private static final int MIN_RETRY_CONCURRENCY = 3;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration IDLE_TIMEOUT = Duration.ofHours(1);
    private static final long DEFAULT_RING = 1024;
    private static final String HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

    private Traffic() {}

    static void apply(Cluster.Builder cluster, EffectivePolicy policy, boolean http2) {
        apply(cluster, policy, http2, false);
    }

    /** @param nameByRequest TLS asks each server for the host of the request, and believes nobody else */
    static void apply(Cluster.Builder cluster, EffectivePolicy policy, boolean http2, boolean nameByRequest) {
        connectionPool(cluster, policy.connectionPool(), policy.retryBudget());
        httpOptions(cluster, policy.connectionPool(), http2, nameByRequest);
        outlierDetection(cluster, policy.outlierDetection());
        localities(cluster, policy.loadBalancer());
        if (cluster.getLbPolicy() != Cluster.LbPolicy.CLUSTER_PROVIDED) {
            loadBalancer(cluster, policy.loadBalancer());
        }
    }

    private static void connectionPool(Cluster.Builder cluster, @Nullable ConnectionPool pool, @Nullable RetryBudget budget) {
        ConnectionPool.Tcp tcp = pool == null ? null : pool.tcp();
        ConnectionPool.Http http = pool == null ? null : pool.http();
        CircuitBreakers.Thresholds.Builder limits = CircuitBreakers.Thresholds.newBuilder()
                .setMaxConnections(u32(limit(tcp == null ? null : tcp.maxConnections())))
                .setMaxPendingRequests(u32(limit(http == null ? null : http.http1MaxPendingRequests())))
                .setMaxRequests(u32(limit(http == null ? null : http.http2MaxRequests())))
                .setMaxRetries(u32(limit(http == null ? null : http.maxRetries())))
                .setTrackRemaining(true);
        if (budget != null) {
            limits.setRetryBudget(retryBudget(budget));
        }
        cluster.setCircuitBreakers(CircuitBreakers.newBuilder().addThresholds(limits));
        Duration connect = tcp == null ? null : tcp.connectTimeout();
        cluster.setConnectTimeout(duration(connect == null ? CONNECT_TIMEOUT : connect));
        ConnectionPool.Keepalive keepalive = tcp == null ? null : tcp.tcpKeepalive();
        if (keepalive != null) {
            cluster.setUpstreamConnectionOptions(
                    UpstreamConnectionOptions.newBuilder().setTcpKeepalive(keepalive(keepalive)));
        }
    }

    private static CircuitBreakers.Thresholds.RetryBudget retryBudget(RetryBudget budget) {
        Double percent = budget.percent();
        Integer least = budget.minRetryConcurrency();
        return CircuitBreakers.Thresholds.RetryBudget.newBuilder()
                .setBudgetPercent(Percent.newBuilder().setValue(percent == null ? RETRY_PERCENT : percent))
                .setMinRetryConcurrency(u32(least == null || least == 0 ? MIN_RETRY_CONCURRENCY : least))
                .build();
    }

    private static TcpKeepalive keepalive(ConnectionPool.Keepalive keepalive) {
        TcpKeepalive.Builder built = TcpKeepalive.newBuilder();
        if (keepalive.probes() != null && keepalive.probes() > 0) {
            built.setKeepaliveProbes(u32(keepalive.probes()));
        }
        if (keepalive.time() != null) {
            built.setKeepaliveTime(u32((int) keepalive.time().toSeconds()));
        }
        if (keepalive.interval() != null) {
            built.setKeepaliveInterval(u32((int) keepalive.interval().toSeconds()));
        }
        return built.build();
    }

    /** 0 is unset, as in the reference mesh. */
    private static int limit(@Nullable Integer limit) {
        return limit == null || limit <= 0 ? UNLIMITED : limit;
    }

    private static void httpOptions(
            Cluster.Builder cluster, @Nullable ConnectionPool pool, boolean http2, boolean nameByRequest) {
        ConnectionPool.Http http = pool == null ? null : pool.http();
        ConnectionPool.Tcp tcp = pool == null ? null : pool.tcp();
        HttpProtocolOptions.Builder common = HttpProtocolOptions.newBuilder();
        Duration idle = http == null ? null : http.idleTimeout();
        common.setIdleTimeout(duration(idle == null ? IDLE_TIMEOUT : idle));
        if (http != null && http.maxRequestsPerConnection() != null && http.maxRequestsPerConnection() > 0) {
            common.setMaxRequestsPerConnection(u32(http.maxRequestsPerConnection()));
        }
        if (tcp != null && tcp.maxConnectionDuration() != null) {
            common.setMaxConnectionDuration(duration(tcp.maxConnectionDuration()));
        }
        io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.Builder options =
                io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.newBuilder()
                        .setCommonHttpProtocolOptions(common);
        if (nameByRequest) {
            options.setUpstreamHttpProtocolOptions(
                    UpstreamHttpProtocolOptions.newBuilder().setAutoSni(true).setAutoSanValidation(true));
        }
        boolean upgrade = http != null && http.h2UpgradePolicy() == ConnectionPool.H2UpgradePolicy.UPGRADE;
        Http2ProtocolOptions.Builder h2 = Http2ProtocolOptions.newBuilder();
        if (http != null && http.maxConcurrentStreams() != null && http.maxConcurrentStreams() > 0) {
            h2.setMaxConcurrentStreams(u32(http.maxConcurrentStreams()));
        }
        if (http != null && http.useClientProtocol()) {
            options.setUseDownstreamProtocolConfig(
                    io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.UseDownstreamHttpConfig
                            .newBuilder()
                            .setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance())
                            .setHttp2ProtocolOptions(h2));
        } else {
            io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig.Builder explicit =
                    io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig.newBuilder();
            if (http2 || upgrade) {
                explicit.setHttp2ProtocolOptions(h2);
            } else {
                explicit.setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance());
            }
            options.setExplicitHttpConfig(explicit);
        }
        cluster.putTypedExtensionProtocolOptions(HTTP_OPTIONS, any(options.build()));
    }

    /** Being there switches it on; success rates are never looked at; Envoy's panic mode is off unless a share is asked for. */
    private static void outlierDetection(Cluster.Builder cluster, @Nullable OutlierDetection outlier) {
        int minHealth = outlier == null || outlier.minHealthPercent() == null ? 0 : outlier.minHealthPercent();
        cluster.getCommonLbConfigBuilder().setHealthyPanicThreshold(Percent.newBuilder().setValue(minHealth));
        if (outlier == null) {
            return;
        }
        io.envoyproxy.envoy.config.cluster.v3.OutlierDetection.Builder built =
                io.envoyproxy.envoy.config.cluster.v3.OutlierDetection.newBuilder()
                        .setEnforcingSuccessRate(u32(0));
        if (outlier.interval() != null) {
            built.setInterval(duration(outlier.interval()));
        }
        if (outlier.baseEjectionTime() != null) {
            built.setBaseEjectionTime(duration(outlier.baseEjectionTime()));
        }
        if (outlier.maxEjectionPercent() != null) {
            built.setMaxEjectionPercent(u32(outlier.maxEjectionPercent()));
        }
        Integer consecutive5xx = outlier.consecutive5xxErrors();
        if (consecutive5xx != null) {
            built.setConsecutive5Xx(u32(Math.max(1, consecutive5xx)));
            built.setEnforcingConsecutive5Xx(u32(consecutive5xx > 0 ? 100 : 0));
        }
        Integer gateway = outlier.consecutiveGatewayErrors();
        if (gateway != null) {
            built.setConsecutiveGatewayFailure(u32(Math.max(1, gateway)));
            built.setEnforcingConsecutiveGatewayFailure(u32(gateway > 0 ? 100 : 0));
        }
        if (outlier.splitExternalLocalOriginErrors()) {
            built.setSplitExternalLocalOriginErrors(true);
            Integer local = outlier.consecutiveLocalOriginFailures();
            if (local != null) {
                built.setConsecutiveLocalOriginFailure(u32(Math.max(1, local)));
                built.setEnforcingConsecutiveLocalOriginFailure(u32(local > 0 ? 100 : 0));
            }
            built.setEnforcingLocalOriginSuccessRate(u32(0));
        }
        cluster.setOutlierDetection(built);
    }

    /** Only where a user weighs them: by themselves localities weigh what is in them. */
    private static void localities(Cluster.Builder cluster, @Nullable LoadBalancer balancer) {
        LoadBalancer.LocalitySetting setting = balancer == null ? null : balancer.localityLbSetting();
        if (setting != null && !setting.distribute().isEmpty() && !Boolean.FALSE.equals(setting.enabled())) {
            cluster.getCommonLbConfigBuilder()
                    .setLocalityWeightedLbConfig(Cluster.CommonLbConfig.LocalityWeightedLbConfig.getDefaultInstance());
        }
    }

    private static void loadBalancer(Cluster.Builder cluster, @Nullable LoadBalancer balancer) {
        LoadBalancer.ConsistentHash hash = balancer == null ? null : balancer.consistentHash();
        if (hash != null && hash.maglevTableSize() != null) {
            cluster.setLbPolicy(Cluster.LbPolicy.MAGLEV);
            cluster.setMaglevLbConfig(Cluster.MaglevLbConfig.newBuilder().setTableSize(u64(hash.maglevTableSize())));
            return;
        }
        if (hash != null) {
            Long ring = hash.minimumRingSize();
            cluster.setLbPolicy(Cluster.LbPolicy.RING_HASH);
            cluster.setRingHashLbConfig(Cluster.RingHashLbConfig.newBuilder()
                    .setMinimumRingSize(u64(ring == null || ring == 0 ? DEFAULT_RING : ring)));
            return;
        }
        LoadBalancer.Simple simple = balancer == null ? null : balancer.simple();
        LoadBalancer.Warmup warmup = balancer == null ? null : balancer.warmup();
        if (simple == LoadBalancer.Simple.RANDOM) {
            cluster.setLbPolicy(Cluster.LbPolicy.RANDOM);
        } else if (simple == LoadBalancer.Simple.ROUND_ROBIN) {
            cluster.setLbPolicy(Cluster.LbPolicy.ROUND_ROBIN);
            if (warmup != null) {
                cluster.setRoundRobinLbConfig(Cluster.RoundRobinLbConfig.newBuilder().setSlowStartConfig(slowStart(warmup)));
            }
        } else {
            // PASSTHROUGH too where nothing is captured: there is no original destination.
            cluster.setLbPolicy(Cluster.LbPolicy.LEAST_REQUEST);
            if (warmup != null) {
                cluster.setLeastRequestLbConfig(
                        Cluster.LeastRequestLbConfig.newBuilder().setSlowStartConfig(slowStart(warmup)));
            }
        }
    }

    private static Cluster.SlowStartConfig slowStart(LoadBalancer.Warmup warmup) {
        Double minimum = warmup.minimumPercent();
        Double aggression = warmup.aggression();
        return Cluster.SlowStartConfig.newBuilder()
                .setSlowStartWindow(duration(warmup.duration()))
                .setMinWeightPercent(Percent.newBuilder().setValue(minimum == null ? 10 : minimum))
                .setAggression(io.envoyproxy.envoy.config.core.v3.RuntimeDouble.newBuilder()
                        .setDefaultValue(aggression == null ? 1 : aggression)
                        .setRuntimeKey("weft.slow_start.aggression"))
                .build();
    }
}
