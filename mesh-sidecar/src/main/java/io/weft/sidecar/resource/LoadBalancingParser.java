package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.math.BigInteger;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a cluster's endpoints are chosen: {@code lb_policy} and what is said of each policy, with Envoy's defaults. */
final class LoadBalancingParser {
    private static final long MAX_RING = 8_388_608;
    private static final int MAGLEV_TABLE = 65_537;
    private static final long MAX_MAGLEV_TABLE = 5_000_011;
    private static final Fields COMMON_LB = Fields.of(
                    Cluster.CommonLbConfig.getDescriptor(), "healthy_panic_threshold", "locality_weighted_lb_config")
            .ignore("has no effect without a local cluster, and a bootstrap that names one is refused", "zone_aware_lb_config")
            .ignore("endpoints are applied at once", "update_merge_window");
    private static final Fields LEAST_REQUEST =
            Fields.of(Cluster.LeastRequestLbConfig.getDescriptor(), "choice_count", "slow_start_config");
    private static final Fields ROUND_ROBIN = Fields.of(Cluster.RoundRobinLbConfig.getDescriptor(), "slow_start_config");
    private static final Fields SLOW_START = Fields.of(
            Cluster.SlowStartConfig.getDescriptor(), "slow_start_window", "aggression", "min_weight_percent");
    private static final Fields RING_HASH = Fields.of(
            Cluster.RingHashLbConfig.getDescriptor(), "minimum_ring_size", "hash_function", "maximum_ring_size");
    private static final Fields MAGLEV = Fields.of(Cluster.MaglevLbConfig.getDescriptor(), "table_size");

    private LoadBalancingParser() {}

    static ClusterResource.LoadBalancing parse(Where where, Cluster cluster) {
        ClusterResource.Policy policy = policy(where, cluster);
        Cluster.LeastRequestLbConfig least = cluster.getLeastRequestLbConfig();
        LEAST_REQUEST.check(where.field("least_request_lb_config"), least);
        int choices = least.hasChoiceCount() ? Values.uint(least.getChoiceCount()) : 2;
        if (choices < 2) {
            throw where.field("least_request_lb_config").refuse("choice_count", choices, ">= 2");
        }
        Cluster.RingHashLbConfig ring = cluster.getRingHashLbConfig();
        Where ringAt = where.field("ring_hash_lb_config");
        RING_HASH.check(ringAt, ring);
        if (ring.getHashFunction() != Cluster.RingHashLbConfig.HashFunction.XX_HASH) {
            throw ringAt.refuse("hash_function", ring.getHashFunction(), "XX_HASH");
        }
        long min = ring.hasMinimumRingSize() ? ring.getMinimumRingSize().getValue() : 1024;
        long max = ring.hasMaximumRingSize() ? ring.getMaximumRingSize().getValue() : MAX_RING;
        if (min < 1 || max > MAX_RING || max < 1 || min > max) {
            throw ringAt.refuse("minimum_ring_size", Long.toUnsignedString(min), "1 to maximum_ring_size (" + Long.toUnsignedString(max) + ", at most " + MAX_RING + ")");
        }
        return new ClusterResource.LoadBalancing(policy, choices, min, max, maglevTable(where, cluster), slowStart(where, cluster));
    }

    private static ClusterResource.Policy policy(Where where, Cluster cluster) {
        switch (cluster.getLbPolicy()) {
            case ROUND_ROBIN:
            case CLUSTER_PROVIDED:
                return ClusterResource.Policy.ROUND_ROBIN;
            case LEAST_REQUEST:
                return ClusterResource.Policy.LEAST_REQUEST;
            case RANDOM:
                return ClusterResource.Policy.RANDOM;
            case RING_HASH:
                return ClusterResource.Policy.RING_HASH;
            case MAGLEV:
                return ClusterResource.Policy.MAGLEV;
            default:
                throw where.refuse("lb_policy", cluster.getLbPolicy(), "ROUND_ROBIN, LEAST_REQUEST, RANDOM, RING_HASH or MAGLEV");
        }
    }

    private static int maglevTable(Where where, Cluster cluster) {
        Where at = where.field("maglev_lb_config");
        MAGLEV.check(at, cluster.getMaglevLbConfig());
        if (!cluster.getMaglevLbConfig().hasTableSize()) {
            return MAGLEV_TABLE;
        }
        long size = cluster.getMaglevLbConfig().getTableSize().getValue();
        if (size < 2 || size > MAX_MAGLEV_TABLE || !BigInteger.valueOf(size).isProbablePrime(50)) {
            throw at.refuse("table_size", Long.toUnsignedString(size), "a prime, at most " + MAX_MAGLEV_TABLE);
        }
        return (int) size;
    }

    private static ClusterResource.@Nullable SlowStart slowStart(Where where, Cluster cluster) {
        Where robin = where.field("round_robin_lb_config");
        ROUND_ROBIN.check(robin, cluster.getRoundRobinLbConfig());
        if (cluster.getRoundRobinLbConfig().hasSlowStartConfig()) {
            return slowStart(robin.field("slow_start_config"), cluster.getRoundRobinLbConfig().getSlowStartConfig());
        }
        return cluster.getLeastRequestLbConfig().hasSlowStartConfig()
                ? slowStart(where.field("least_request_lb_config").field("slow_start_config"), cluster.getLeastRequestLbConfig().getSlowStartConfig())
                : null;
    }

    private static ClusterResource.@Nullable SlowStart slowStart(Where where, Cluster.SlowStartConfig config) {
        SLOW_START.check(where, config);
        Duration window = Values.duration(where, "slow_start_window", config.getSlowStartWindow());
        double aggression = config.hasAggression() ? config.getAggression().getDefaultValue() : 1;
        double percent = config.hasMinWeightPercent() ? config.getMinWeightPercent().getValue() : 10;
        if (!(aggression > 0)) {
            throw where.refuse("aggression", aggression, "> 0");
        }
        if (!(percent >= 0 && percent <= 100)) {
            throw where.refuse("min_weight_percent", percent, "0 to 100");
        }
        return window.isZero() ? null : new ClusterResource.SlowStart(window, aggression, percent / 100);
    }

    /** Percent of healthy endpoints below which health is ignored. */
    static double panicThreshold(Where where, Cluster cluster) {
        Where at = where.field("common_lb_config");
        COMMON_LB.check(at, cluster.getCommonLbConfig());
        if (!cluster.getCommonLbConfig().hasHealthyPanicThreshold()) {
            return 50;
        }
        double percent = cluster.getCommonLbConfig().getHealthyPanicThreshold().getValue();
        if (!(percent >= 0 && percent <= 100)) {
            throw at.refuse("healthy_panic_threshold", percent, "0 to 100");
        }
        return percent;
    }
}
