package io.weft.sidecar.resource;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Envoy's {@code RetryPolicy}.
 *
 * @param retryOn Envoy's names: {@code 5xx}, {@code gateway-error}, {@code reset}, {@code connect-failure}, {@code refused-stream}, {@code unavailable}, …
 * @param perTryTimeout zero: none
 * @param previousHosts hosts already tried are avoided
 * @param hostSelectionAttempts how often another host is drawn for that, before the list is gone through
 * @param backoffBase default 25 ms; the back-off is random in [0, base × 2^n), at most {@code backoffMax}
 */
public record RetryPolicyResource(
        Set<String> retryOn,
        int attempts,
        Duration perTryTimeout,
        Set<Integer> retriableStatusCodes,
        List<HeaderMatch> retriableHeaders,
        boolean previousHosts,
        int hostSelectionAttempts,
        Duration backoffBase,
        Duration backoffMax) {
    public RetryPolicyResource {
        retryOn = Set.copyOf(retryOn);
        retriableStatusCodes = Set.copyOf(retriableStatusCodes);
        retriableHeaders = List.copyOf(retriableHeaders);
        if (attempts < 0) {
            throw new ResourceException("num_retries: " + attempts + " (expected: >= 0)");
        }
    }

    public static RetryPolicyResource of(Set<String> retryOn, int attempts, Duration perTryTimeout) {
        return new RetryPolicyResource(
                retryOn,
                attempts,
                perTryTimeout,
                Set.of(),
                List.of(),
                false,
                1,
                Duration.ofMillis(25),
                Duration.ofMillis(250));
    }
}
