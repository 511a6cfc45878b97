package io.weft.pilot.model;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When and how often a request is tried again.
 *
 * @param attempts retries, not counting the first try; 0 switches retries off
 * @param perTryTimeout unset is none
 * @param retryOn Envoy's conditions and status codes, separated by commas
 * @param backoff base of the exponential pause between tries; unset is 25 ms
 */
public record Retries(
        @Nullable Integer attempts,
        @Nullable Duration perTryTimeout,
        @Nullable String retryOn,
        @Nullable Boolean retryIgnorePreviousHosts,
        @Nullable Duration backoff) {}
