package io.weft.telemetry.query;

import io.weft.telemetry.store.Intake;
import io.weft.telemetry.store.Kind;
import io.weft.telemetry.store.LogEntry;
import io.weft.telemetry.store.LogStore;
import io.weft.telemetry.store.LogTail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

/** {@code GET /weft/v1/logs} and its live stream. */
@RestController
final class LogPages {

    /** How often a follower is given what waits for it. */
    private static final Duration PACE = Duration.ofMillis(100);
    /** Says now and then that the stream lives, so that a client that is gone is noticed. */
    private static final int TICKS_PER_SIGN = 150;

    private final LogStore logs;
    private final Intake intake;

    LogPages(LogStore logs, Intake intake) {
        this.logs = logs;
        this.intake = intake;
    }

    record Lines(List<LogEntry> items, long dropped) {}

    record Missed(long count) {}

    @GetMapping("/weft/v1/logs")
    Lines logs(ServerHttpRequest request) {
        Query query = new Query(request.getQueryParams());
        return new Lines(logs.newest(new LogFilter(query), query.limit()), intake.dropped(Kind.LOG));
    }

    /** {@code log}, each one line, and {@code dropped} with how many this client missed. */
    @GetMapping(path = "/weft/v1/logs/stream", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<ServerSentEvent<Object>> stream(ServerHttpRequest request) {
        LogFilter filter = new LogFilter(new Query(request.getQueryParams()));
        // Only when somebody reads it: a HEAD never does, and would be a follower for ever.
        return Flux.using(() -> follow(filter), LogPages::events, LogTail::close);
    }

    private LogTail follow(LogFilter filter) {
        return logs.follow(filter)
                .orElseThrow(() -> new ApiException(
                        503, "ServiceUnavailable", "too many followers of the log (weft.telemetry.logs.streams)"));
    }

    /** A client that does not read asks for nothing: then no tick goes through, and its tail counts instead of keeping. */
    private static Flux<ServerSentEvent<Object>> events(LogTail tail) {
        return Flux.interval(Duration.ZERO, PACE).onBackpressureDrop().concatMapIterable(tick -> events(tail, tick), 1);
    }

    private static List<ServerSentEvent<Object>> events(LogTail tail, long tick) {
        LogTail.Batch batch = tail.take();
        List<ServerSentEvent<Object>> events = new ArrayList<>();
        for (LogEntry entry : batch.entries()) {
            events.add(ServerSentEvent.<Object>builder(entry)
                    .event("log")
                    .id(Long.toString(entry.id()))
                    .build());
        }
        if (batch.missed() > 0) {
            events.add(ServerSentEvent.<Object>builder(new Missed(batch.missed())).event("dropped").build());
        }
        if (events.isEmpty() && tick % TICKS_PER_SIGN == 0) {
            events.add(ServerSentEvent.builder().comment("").build());
        }
        return events;
    }
}
