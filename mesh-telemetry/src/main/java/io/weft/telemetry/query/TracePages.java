package io.weft.telemetry.query;

import io.weft.telemetry.store.Intake;
import io.weft.telemetry.store.Kind;
import io.weft.telemetry.store.Span;
import io.weft.telemetry.store.SpanStore;
import io.weft.telemetry.store.Texts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** {@code GET /weft/v1/traces} and each of them. */
@RestController
final class TracePages {

    private final SpanStore spans;
    private final Intake intake;

    TracePages(SpanStore spans, Intake intake) {
        this.spans = spans;
        this.intake = intake;
    }

    record Summaries(List<Traces.Summary> items, long dropped) {}

    @GetMapping("/weft/v1/traces")
    Summaries traces(ServerHttpRequest request) {
        Query query = new Query(request.getQueryParams());
        String service = query.text("service");
        Boolean error = query.flag("error");
        double least = query.duration("minDuration", Duration.ZERO, Duration.ofMillis(1)).toMillis();
        int limit = query.limit();
        List<Traces.Summary> found = new ArrayList<>();
        for (List<Span> trace : spans.newest()) {
            if (found.size() >= limit) {
                break;
            }
            if (service == null || trace.stream().anyMatch(span -> isOf(span, service))) {
                Traces.Summary summary = Traces.summary(trace);
                if (summary.duration() >= least && (error == null || error == summary.error())) {
                    found.add(summary);
                }
            }
        }
        found.sort(Comparator.comparing(Traces.Summary::start).reversed());
        return new Summaries(found, intake.dropped(Kind.SPAN));
    }

    /** {@code reviews.default}, or {@code reviews} of whichever namespace. */
    private static boolean isOf(Span span, @Nullable String service) {
        return span.service().equals(service) || span.service().startsWith(service + ".");
    }

    @GetMapping("/weft/v1/traces/{id}")
    Traces.Trace trace(@PathVariable String id) {
        List<Span> trace = spans.trace(id);
        if (trace.isEmpty()) {
            throw new ApiException(404, "NotFound", "no trace " + Texts.shown(id) + " (it never came, or newer ones have pushed it out)");
        }
        return Traces.whole(trace);
    }
}
