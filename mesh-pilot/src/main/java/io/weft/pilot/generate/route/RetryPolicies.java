package io.weft.pilot.generate.route;

import static io.weft.pilot.generate.proto.Proto.any;
import static io.weft.pilot.generate.proto.Proto.duration;
import static io.weft.pilot.generate.proto.Proto.u32;

import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import io.weft.pilot.model.Retries;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Retries: on by default, twice, for what was surely not processed; status codes only where a user names them. */
final class RetryPolicies {

    private static final int ATTEMPTS = 2;
    private static final String DEFAULT_CONDITIONS =
            "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes";
    private static final int HOST_SELECTION_ATTEMPTS = 5;

    private RetryPolicies() {}

    /**
     * Envoy's policy; null: no retries.
     *
     * @param hashed the target is chosen by a hash: another host would be the wrong one
     */
    static @Nullable RetryPolicy of(@Nullable Retries retries, boolean hashed) {
        int attempts = ATTEMPTS;
        if (retries != null) {
            attempts = retries.attempts() == null ? ATTEMPTS : retries.attempts();
        }
        if (attempts <= 0) {
            return null;
        }
        RetryPolicy.Builder policy = RetryPolicy.newBuilder().setNumRetries(u32(attempts));
        conditions(policy, retries == null ? null : retries.retryOn());
        boolean elsewhere = !hashed && (retries == null || !Boolean.FALSE.equals(retries.retryIgnorePreviousHosts()));
        if (elsewhere) {
            policy.addRetryHostPredicate(RetryPolicy.RetryHostPredicate.newBuilder()
                    .setName("envoy.retry_host_predicates.previous_hosts")
                    .setTypedConfig(any(PreviousHostsPredicate.getDefaultInstance())));
            policy.setHostSelectionRetryMaxAttempts(HOST_SELECTION_ATTEMPTS);
        }
        Duration perTry = retries == null ? null : retries.perTryTimeout();
        if (perTry != null && !perTry.isZero()) {
            policy.setPerTryTimeout(duration(perTry));
        }
        Duration backoff = retries == null ? null : retries.backoff();
        if (backoff != null && !backoff.isZero()) {
            policy.setRetryBackOff(RetryPolicy.RetryBackOff.newBuilder().setBaseInterval(duration(backoff)));
        }
        return policy.build();
    }

    /** Numbers among the conditions are status codes. */
    private static void conditions(RetryPolicy.Builder policy, @Nullable String retryOn) {
        if (retryOn == null || retryOn.isBlank()) {
            policy.setRetryOn(DEFAULT_CONDITIONS);
            return;
        }
        List<String> conditions = new ArrayList<>();
        for (String part : retryOn.split(",")) {
            String condition = part.trim().toLowerCase(Locale.ROOT);
            Integer code = status(condition);
            if (code != null) {
                policy.addRetriableStatusCodes(code);
            } else if (!condition.isEmpty()) {
                conditions.add(condition);
            }
        }
        if (policy.getRetriableStatusCodesCount() > 0 && !conditions.contains("retriable-status-codes")) {
            conditions.add("retriable-status-codes");
        }
        policy.setRetryOn(String.join(",", conditions));
    }

    private static @Nullable Integer status(String condition) {
        if (condition.length() != 3 || !condition.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        return Integer.valueOf(condition);
    }
}
