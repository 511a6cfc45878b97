package io.weft.demo.app;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.springframework.http.HttpHeaders;

/**
 * The request headers an app hands on with the calls it makes for that request: what the tracing systems need to join spans, and
 * {@code end-user}, by which the demo's rules choose. Nothing else: no cookies, no credentials.
 */
final class PropagatedHeaders {

    private static final Set<String> NAMES = Set.of(
            "end-user",
            "x-request-id",
            "traceparent",
            "tracestate",
            "b3",
            "x-b3-traceid",
            "x-b3-spanid",
            "x-b3-parentspanid",
            "x-b3-sampled",
            "x-b3-flags",
            "x-ot-span-context",
            "x-cloud-trace-context",
            "sw8");

    private PropagatedHeaders() {}

    static void copy(HttpHeaders from, HttpHeaders to) {
        from.forEach((name, values) -> {
            if (isPropagated(name)) {
                to.put(name, List.copyOf(values));
            }
        });
    }

    private static boolean isPropagated(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return NAMES.contains(lower) || lower.startsWith("x-datadog-");
    }
}
