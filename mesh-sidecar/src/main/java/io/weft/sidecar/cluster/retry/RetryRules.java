package io.weft.sidecar.cluster.retry;

import io.netty.util.AsciiString;
import io.weft.sidecar.cluster.pool.UpstreamFailure;
import io.weft.sidecar.message.HeaderNames;
import io.weft.sidecar.message.ResponseHead;
import io.weft.sidecar.resource.ResourceException;
import io.weft.sidecar.resource.RetryPolicyResource;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A compiled {@link RetryPolicyResource}: which outcome is worth another attempt. Mirrors Envoy's {@code retry_on} names.
 */
public final class RetryRules {
    private static final Map<String, Integer> GRPC = Map.of(
            "cancelled", 1, "deadline-exceeded", 4, "resource-exhausted", 8, "internal", 13, "unavailable", 14);
    private static final Set<String> KNOWN = Set.of(
            "5xx", "gateway-error", "reset", "reset-before-request", "connect-failure", "envoy-ratelimited", "retriable-4xx",
            "refused-stream", "retriable-status-codes", "retriable-headers", "http3-post-connect-failure");

    private final RetryPolicyResource policy;
    private final Predicate<ResponseHead> retriableHeaders;
    private final boolean all5xx;
    private final boolean gateway;
    private final boolean reset;
    private final boolean resetBeforeRequest;
    private final boolean connect;
    private final boolean refused;
    private final boolean conflict;
    private final boolean codes;
    private final boolean headers;
    private final int grpcMask;

    /**
     * @param retriableHeaders whether a response carries what {@code retriable_headers} asks for
     * @throws ResourceException for a name that Envoy does not know either
     */
    public RetryRules(RetryPolicyResource policy, Predicate<ResponseHead> retriableHeaders) {
        this.policy = policy;
        this.retriableHeaders = retriableHeaders;
        Set<String> on = policy.retryOn();
        int mask = 0;
        for (String name : on) {
            Integer grpc = GRPC.get(name);
            if (grpc != null) {
                mask |= 1 << grpc;
            } else if (!KNOWN.contains(name)) {
                throw new ResourceException("retry_on: " + name + " (expected: one of " + KNOWN + " or " + GRPC.keySet() + ")");
            }
        }
        this.grpcMask = mask;
        this.all5xx = on.contains("5xx");
        this.gateway = on.contains("gateway-error");
        this.reset = on.contains("reset");
        this.resetBeforeRequest = on.contains("reset-before-request");
        this.connect = on.contains("connect-failure");
        this.refused = on.contains("refused-stream");
        this.conflict = on.contains("retriable-4xx");
        this.codes = on.contains("retriable-status-codes");
        this.headers = on.contains("retriable-headers");
    }

    public RetryPolicyResource policy() {
        return policy;
    }

    public boolean onHead(ResponseHead head) {
        int status = head.status();
        if (status >= 500 && (all5xx || gateway && status >= 502 && status <= 504)) {
            return true;
        }
        if (conflict && status == 409 || codes && policy.retriableStatusCodes().contains(status)) {
            return true;
        }
        if (grpcMask != 0) {
            CharSequence grpc = head.get(HeaderNames.GRPC_STATUS);
            if (grpc != null && grpc.length() > 0 && grpc.length() <= 2 && digits(grpc) && (grpcMask & 1 << number(grpc)) != 0) {
                return true;
            }
        }
        return headers && retriableHeaders.test(head);
    }

    private static boolean digits(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static int number(CharSequence text) {
        return AsciiString.of(text).parseInt() & 31;
    }

    /** No head came. An exchange that timed out is not asked about here. */
    public boolean onFailure(UpstreamFailure failure) {
        return switch (failure) {
            case CONNECT, CONNECT_TIMEOUT -> connect || all5xx || gateway || reset || resetBeforeRequest;
            case REFUSED -> refused || all5xx || reset;
            case STALE -> true;
            case RESET, CLOSED, PROTOCOL -> reset || all5xx || gateway;
            case NO_HOST, OVERFLOW -> false;
        };
    }

    /** A single attempt timed out. */
    public boolean onPerTryTimeout() {
        return all5xx || gateway || reset;
    }

    /** Envoy's fully jittered back-off: random in [0, base × 2^(n−1)), at most the maximum. */
    public long backoffMillis(int retry, long random) {
        long base = Math.max(1, policy.backoffBase().toMillis());
        long limit = Math.min(Math.max(base, policy.backoffMax().toMillis()), base << Math.min(16, Math.max(0, retry - 1)));
        return Math.floorMod(random, limit);
    }
}
