package io.weft.pilot.model;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How an endpoint is chosen. {@code simple} excludes {@code consistentHash}; neither means least request. */
public record LoadBalancer(
        @Nullable Simple simple,
        @Nullable ConsistentHash consistentHash,
        @Nullable LocalitySetting localityLbSetting,
        @Nullable Warmup warmup) {

    public enum Simple {
        LEAST_REQUEST,
        ROUND_ROBIN,
        RANDOM,
        PASSTHROUGH
    }

    /**
     * Exactly one of the keys (header, cookie, source address, query parameter) is set.
     *
     * @param minimumRingSize ring hash with this size; unset is 1024
     * @param maglevTableSize maglev with this (prime) table size, or null for ring hash
     */
    public record ConsistentHash(
            @Nullable String httpHeaderName,
            @Nullable Cookie httpCookie,
            boolean useSourceIp,
            @Nullable String httpQueryParameterName,
            @Nullable Long minimumRingSize,
            @Nullable Long maglevTableSize) {}

    /** @param ttl unset: no cookie is made; zero: a session cookie */
    public record Cookie(String name, @Nullable String path, @Nullable Duration ttl) {}

    /** At most one of the three is set. */
    public record LocalitySetting(
            @Nullable Boolean enabled,
            List<Distribute> distribute,
            List<Failover> failover,
            List<String> failoverPriority) {

        public LocalitySetting {
            distribute = List.copyOf(distribute);
            failover = List.copyOf(failover);
            failoverPriority = List.copyOf(failoverPriority);
        }
    }

    /** @param to locality → percent, summing to 100 */
    public record Distribute(String from, Map<String, Integer> to) {

        public Distribute {
            to = Copies.ordered(to);
        }
    }

    public record Failover(String from, String to) {}

    /** @param minimumPercent unset is 10 @param aggression unset is 1 */
    public record Warmup(Duration duration, @Nullable Double minimumPercent, @Nullable Double aggression) {}
}
