package io.weft.sidecar.resource;

import io.envoyproxy.envoy.config.route.v3.RetryPolicy;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/** {@code RetryPolicy} → {@link RetryPolicyResource}. */
final class RetryPolicyParser {
    /** Envoy's names (router filter, {@code x-envoy-retry-on} and {@code x-envoy-retry-grpc-on}). */
    private static final Set<String> CONDITIONS = Set.of(
            "5xx", "gateway-error", "reset", "reset-before-request", "connect-failure", "envoy-ratelimited", "retriable-4xx",
            "refused-stream", "retriable-status-codes", "retriable-headers", "http3-post-connect-failure", "cancelled",
            "deadline-exceeded", "internal", "resource-exhausted", "unavailable");
    private static final String PREVIOUS_HOSTS =
            "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate";
    private static final Fields FIELDS = Fields.of(
            RetryPolicy.getDescriptor(),
            "retry_on",
            "num_retries",
            "per_try_timeout",
            "retry_host_predicate",
            "host_selection_retry_max_attempts",
            "retriable_status_codes",
            "retry_back_off",
            "retriable_headers");
    private static final Fields BACK_OFF =
            Fields.of(RetryPolicy.RetryBackOff.getDescriptor(), "base_interval", "max_interval");

    private RetryPolicyParser() {}

    static RetryPolicyResource parse(Where where, RetryPolicy policy) {
        FIELDS.check(where, policy);
        Duration base = Duration.ofMillis(25);
        Duration max = base.multipliedBy(10);
        if (policy.hasRetryBackOff()) {
            Where at = where.field("retry_back_off");
            BACK_OFF.check(at, policy.getRetryBackOff());
            base = Values.duration(at, "base_interval", policy.getRetryBackOff().getBaseInterval());
            if (base.isZero()) {
                throw at.refuse("base_interval", "0s", "> 0s");
            }
            max = policy.getRetryBackOff().hasMaxInterval()
                    ? Values.duration(at, "max_interval", policy.getRetryBackOff().getMaxInterval())
                    : base.multipliedBy(10);
            if (max.compareTo(base) < 0) {
                throw at.refuse("max_interval", max, ">= base_interval (" + base + ")");
            }
        }
        Set<Integer> statuses = new HashSet<>();
        for (int status : policy.getRetriableStatusCodesList()) {
            if (status < 100 || status > 599) {
                throw where.refuse("retriable_status_codes", Integer.toUnsignedString(status), "100 to 599");
            }
            statuses.add(status);
        }
        long hostAttempts = policy.getHostSelectionRetryMaxAttempts();
        return new RetryPolicyResource(
                conditions(where, policy.getRetryOn()),
                policy.hasNumRetries() ? Values.uint(policy.getNumRetries()) : 1,
                Values.duration(where, "per_try_timeout", policy.getPerTryTimeout()),
                statuses,
                MatchParser.headers(where, "retriable_headers", policy.getRetriableHeadersList()),
                previousHosts(where, policy),
                (int) Math.max(1, Math.min(hostAttempts, 1000)),
                base,
                max);
    }

    private static Set<String> conditions(Where where, String retryOn) {
        Set<String> conditions = new LinkedHashSet<>();
        for (String part : retryOn.split(",")) {
            String name = part.strip();
            if (name.isEmpty()) {
                continue;
            }
            if (!CONDITIONS.contains(name)) {
                throw where.refuse("retry_on", name, "one of " + new java.util.TreeSet<>(CONDITIONS));
            }
            conditions.add(name);
        }
        return conditions;
    }

    private static boolean previousHosts(Where where, RetryPolicy policy) {
        for (int i = 0; i < policy.getRetryHostPredicateCount(); i++) {
            RetryPolicy.RetryHostPredicate predicate = policy.getRetryHostPredicate(i);
            String type = predicate.hasTypedConfig() ? Values.typeName(predicate.getTypedConfig()) : "";
            if (!type.equals(PREVIOUS_HOSTS) && !predicate.getName().equals("envoy.retry_host_predicates.previous_hosts")) {
                throw where.item("retry_host_predicate", i).refuse("unsupported predicate " + predicate.getName());
            }
        }
        return policy.getRetryHostPredicateCount() > 0;
    }
}
